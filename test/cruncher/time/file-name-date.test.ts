import { expect, test } from 'vitest'
import { dateInName } from '../../../src/cruncher/time/file-name-date.ts'

test.each([
  ['app-2024-11-03.log', '2024-11-03', 'day'],
  ['app.log.2024_11_03.gz', '2024-11-03', 'day'],
  ['syslog-20241103', '2024-11-03', 'day'],
  ['syslog-20241103.gz', '2024-11-03', 'day'],
  ['u_ex20241103.log', '2024-11-03', 'day'],
  ['elb_20241103T0005Z_1.2.3.4.log', '2024-11-03', 'day'],
  ['access.20241103140000.gz', '2024-11-03', 'day'],
  ['lake:logs/2024/11/03/app-1.gz', '2024-11-03', 'day'],
  ['s3://b/year=2024/month=11/day=03/part-0.gz', '2024-11-03', 'day'],
  ['lake/2024-11-01/app-2024-11-03.log', '2024-11-03', 'day'],
  ['access_03-Nov-2024.log', '2024-11-03', 'day'],
  ['app-2024-11.log', '2024-11-15', 'month'],
  ['app-202411.log', '2024-11-15', 'month'],
  ['app-2024.log', '2024-07-02', 'year'],
  ['app-2024-02-30.log', '2024-02-15', 'month'],
])('%s', (name, date, precision) => {
  const found = dateInName(name)
  expect(found?.precision).toBe(precision)
  expect(new Date((found?.middleUs ?? 0) / 1_000).toISOString().slice(0, 10)).toBe(date)
})

test.each(['app.log', 'app.log.1', 'server-10.20.30.40.log', 'id-920241103.log', 'a/12345678.gz'])(
  '%s has no date',
  name => {
    expect(dateInName(name)).toBeUndefined()
  },
)

import { expect, test } from 'vitest'
import { reduceConfig, reductionConfig } from '../../../src/cruncher/reduce/config.ts'

test.each([
  [{ by: ['statsu'] }, 'did you mean `status`'],
  [{ by: ['plan'] }, '`attributes.plan`'],
  [{ sum: 'path' }, '`path` cannot stand here'],
  [{ sum: 'time' }, '`time` cannot stand here'],
  [{ by: ['time'] }, 'needs its bucket'],
  [{ every: '100ms' }, 'whole seconds'],
  [{ by: ['service', 'service'] }, 'two columns would be called `service`'],
  [{ by: ['attributes.count'] }, 'two columns would be called `count`'],
  [{ quantiles: { duration_ms: [95] } }, 'expected number to be <=1'],
  [{ distinct: { user_id: 'about' } }, 'exact'],
  [{ top: { date: 3 } }, 'cannot stand here'],
  [{ group_by: ['service'] }, 'group_by'],
])('%j is refused: %s', (given, message) => {
  const read = reductionConfig.safeParse(given)
  expect(read.success).toBe(false)
  expect(JSON.stringify(read.error?.issues.map(issue => issue.message))).toContain(message)
})

test('a field, a list and names of columns say the same', () => {
  const pairs = [['bytes_sum', 'bytes']]
  expect(reductionConfig.parse({ sum: 'bytes' }).sum).toEqual(pairs)
  expect(reductionConfig.parse({ sum: ['bytes'] }).sum).toEqual(pairs)
  expect(reductionConfig.parse({ sum: { bytes_sum: 'bytes' } }).sum).toEqual(pairs)
})

test('names of reductions become file names', () => {
  expect(reduceConfig.safeParse({ requests_by_route: { by: ['route'] } }).success).toBe(true)
  expect(reduceConfig.safeParse({ '../x': {} }).success).toBe(false)
})

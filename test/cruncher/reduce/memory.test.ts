import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { temporaryFolder } from './reduce-all.ts'

const IS_SOAK = process.env['FERRY_SOAK'] !== undefined
const RECORDS = IS_SOAK ? 10_000_000 : 200_000
/** Small in the short run, so that it too goes through files. */
const MAX_BYTES = IS_SOAK ? 64_000_000 : 6_000_000
/** Of a worker, with all that Node itself takes. */
const MAX_MB = 300
const PROGRAM = new URL('many-keys.ts', import.meta.url).pathname

test.each([
  ['a group each', { by: ['route', 'user_id', 'status'] }, RECORDS],
  [
    'distinct values and the most frequent',
    { distinct: { user_id: 'exact' }, top: { user_id: 5 } },
    1,
  ],
  ['registers of a group each', { by: 'user_id', distinct: { status: 'hll' } }, RECORDS],
  ['registers of few groups', { by: 'route', distinct: { user_id: 'hll' } }, 30],
])('ten million keys in 300 MB: %s', { timeout: 900_000 }, async (_, config, rows) => {
  using folder = temporaryFolder()
  const { stdout } = await promisify(execFile)(process.execPath, [
    PROGRAM,
    folder.path,
    String(RECORDS),
    String(MAX_BYTES),
    JSON.stringify(config),
  ])
  console.log(stdout.trim())
  const took: unknown = JSON.parse(stdout)
  expect(took).toMatchObject({ records: RECORDS, rows, counted: RECORDS })
  expect(took).toHaveProperty(
    'peakMB',
    expect.toSatisfy((mb: number) => mb <= MAX_MB),
  )
})

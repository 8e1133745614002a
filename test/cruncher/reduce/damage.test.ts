import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { combinePartials } from '../../../src/cruncher/reduce/merge-partials.ts'
import { reductionOf, rowsOf, temporaryFolder, writePartialOf } from './reduce-all.ts'

const RUNS = process.env['FERRY_SOAK'] === undefined ? 300 : 20_000
const BY_PATH = reductionOf({ by: ['path'], distinct: { user_id: 'exact' } })
const RECORDS = Array.from({ length: 4_000 }, (_, at) => ({
  fields: { path: `/api/tasks/${at % 1_500}/comments`, user_id: `user-${at}` },
}))

test('of a partial result that is cut off or changed, no rows come without an error', async () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'whole')
  await writePartialOf(BY_PATH, RECORDS, path)
  const whole = readFileSync(path)
  expect(whole.length, 'more than one block').toBeGreaterThan(70_000)
  const damaged = join(folder.path, 'damaged')
  const place = fc.nat(whole.length - 1)
  const harm = fc.oneof(
    place.map(length => whole.subarray(0, length)),
    fc.tuple(place, fc.integer({ min: 1, max: 255 })).map(([at, bits]) => {
      const copy = Buffer.from(whole)
      copy[at] = (copy[at] ?? 0) ^ bits
      return copy
    }),
    fc.tuple(place, fc.uint8Array({ minLength: 1, maxLength: 9 })).map(([at, more]) => {
      return Buffer.concat([whole.subarray(0, at), more, whole.subarray(at)])
    }),
    place.map(at => Buffer.concat([whole.subarray(0, at), whole.subarray(at + 1)])),
  )
  await fc.assert(
    fc.asyncProperty(harm, async bytes => {
      writeFileSync(damaged, bytes)
      await expect(rowsOf(BY_PATH, [damaged])).rejects.toMatchObject({ code: 'DATA_INVALID' })
    }),
    { numRuns: RUNS },
  )
})

test('a partial result of another reduction, and another file, are refused by name', async () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'by-path')
  await writePartialOf(BY_PATH, RECORDS.slice(0, 5), path)
  const other = reductionOf({ by: ['path'], distinct: { user_id: 'hll' } })
  await expect(rowsOf(other, [path])).rejects.toMatchObject({
    code: 'DATA_INVALID',
    message: expect.stringContaining('of another reduction than `sample`'),
  })
  const foreign = join(folder.path, 'foreign')
  writeFileSync(foreign, 'service,count\n'.repeat(100))
  await expect(rowsOf(BY_PATH, [foreign])).rejects.toMatchObject({
    code: 'DATA_INVALID',
    message: `\`${foreign}\` is no partial result`,
  })
  await expect(rowsOf(BY_PATH, [join(folder.path, 'none')])).rejects.toMatchObject({
    code: 'INPUT_MISSING',
  })
  await expect(rowsOf(BY_PATH, [path, path])).rejects.toMatchObject({ code: 'USAGE' })
})

test('where merging fails there is no result and nothing is left behind', async () => {
  using folder = temporaryFolder()
  const parts: string[] = []
  for (let at = 0; at < 130; at++) {
    parts.push(join(folder.path, `part-${at}`))
    await writePartialOf(BY_PATH, RECORDS.slice(at, at + 3), parts[at] ?? '')
  }
  const last = readFileSync(parts[129] ?? '')
  last.fill(0, last.length - 60, last.length - 50)
  writeFileSync(parts[129] ?? '', last)
  const result = join(folder.path, 'result')
  const before = readdirSync(folder.path).length
  await expect(
    combinePartials(BY_PATH, parts, result, { directory: folder.path }),
  ).rejects.toMatchObject({ code: 'DATA_INVALID' })
  expect(existsSync(result)).toBe(false)
  expect(readdirSync(folder.path).length).toBe(before)
})

test('what was put out of memory is removed once it is written, and when it is given up', async () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'whole')
  await writePartialOf(BY_PATH, RECORDS, path, 10_000)
  expect(readdirSync(`${path}.runs`)).toEqual([])
})

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type * as z from 'zod'
import type { reductionConfig } from '../../../src/cruncher/reduce/config.ts'
import { combinePartials } from '../../../src/cruncher/reduce/merge-partials.ts'
import { groupsOf, valueOf } from './naive.ts'
import type { PlainRecord } from './plain-record.ts'
import {
  reduceAll,
  reductionOf,
  resultText,
  rowsOf,
  temporaryFolder,
  writePartialOf,
} from './reduce-all.ts'

const RUNS = process.env['FERRY_SOAK'] === undefined ? 60 : 2_000

const BY = ['service', 'route', 'status', 'level', 'format', 'attributes.plan', 'date']

const CONFIG: z.input<typeof reductionConfig> = {
  by: BY,
  every: '1h',
  count: 'requests',
  sum: ['bytes', 'attributes.amount'],
  min: ['duration_ms', 'time'],
  max: { slowest: 'duration_ms' },
  mean: 'duration_ms',
  distinct: { user_id: 'exact', path: 'hll' },
  quantiles: { duration_ms: [0.5, 0.95] },
  top: { path: 3, user_id: 2 },
}

const text = fc.oneof(
  fc.constantFrom('a', 'b', 'ab', '', 'a\0', '\0', 'a\0b', '\u00ff', '\u{1f680}', '"\\\n'),
  fc.string({ unit: 'grapheme', maxLength: 4 }),
)
const number = fc.oneof(
  fc.nat(5),
  fc.constantFrom(-1, 0.1, 1e15 + 0.25, -0, 1e17, 0.0000001),
  fc.double(),
)

const record: fc.Arbitrary<PlainRecord> = fc.record(
  {
    fields: fc.record(
      {
        service: text,
        user_id: text,
        path: text,
        status: fc.constantFrom(200, 404, 500.5, -1),
        duration_ms: number,
        bytes: number,
      },
      { requiredKeys: [] },
    ),
    attributes: fc.record(
      {
        plan: fc.oneof(text, fc.constantFrom(null, true, 5)),
        amount: fc.nat(1_000).map(n => n / 7),
      },
      { requiredKeys: [] },
    ),
    timeUs: fc.integer({ min: -200, max: 200 }).map(minutes => 1.8e15 + minutes * 6e7),
    level: fc.nat(7),
    format: fc.constantFrom('nginx', 'pino', ''),
    route: fc.integer({ min: -1, max: 4 }),
    escaped: fc.boolean(),
  },
  { requiredKeys: [] },
)
const records = fc.array(record, { maxLength: 60 })

test('however records are split, ordered, put out of memory and merged, the bytes are the same', async () => {
  const reduction = reductionOf(CONFIG)
  const scenario = fc.record({
    records,
    places: fc.array(fc.nat(5), { minLength: 60, maxLength: 60 }),
    maxBytes: fc.constantFrom(0, 1_500, 10_000, 100_000_000),
    first: fc.nat(6),
  })
  await fc.assert(
    fc.asyncProperty(scenario, async ({ records, places, maxBytes, first }) => {
      using folder = temporaryFolder()
      const file = (name: string): string => join(folder.path, name)
      await writePartialOf(reduction, records, file('whole'))
      const parts: string[] = []
      for (let place = 0; place < 6; place++) {
        const part = records.filter((_, at) => places[at] === place).toReversed()
        await writePartialOf(reduction, part, file(`part-${place}`), maxBytes)
        parts.unshift(file(`part-${place}`))
      }
      const directory = folder.path
      await combinePartials(reduction, parts.slice(0, first), file('left'), { directory })
      const grouped = [...parts.slice(first), file('left')]
      await combinePartials(reduction, grouped, file('merged'), { directory })
      expect(readFileSync(file('merged'))).toEqual(readFileSync(file('whole')))
      expect(await resultText(reduction, parts, 'jsonl')).toBe(
        await resultText(reduction, [file('whole')], 'jsonl'),
      )
    }),
    { numRuns: RUNS },
  )
})

test('groups, counts, distinct values and extremes are those of a naive implementation', async () => {
  await fc.assert(
    fc.asyncProperty(records, async records => {
      const rows = await reduceAll({ ...CONFIG, min: 'duration_ms', every: '1h' }, records)
      const by = ['time', ...BY]
      const expected = groupsOf(records, by).map(group => {
        const numbers = group.records
          .map(record => valueOf(record, 'duration_ms'))
          .filter(value => typeof value === 'number' && Math.abs(value) <= 1e18)
          .map(value => Number(value) + 0)
        const users = group.records.map(record => valueOf(record, 'user_id'))
        return {
          key: JSON.stringify(group.key),
          requests: group.records.length,
          min: numbers.length === 0 ? null : Math.min(...numbers),
          max: numbers.length === 0 ? null : Math.max(...numbers),
          distinct: new Set(users.filter(user => user !== null)).size,
        }
      })
      const names = ['time', 'service', 'route', 'status', 'level', 'format', 'plan', 'date']
      const found = rows.map(row => ({
        key: JSON.stringify(names.map(name => row[name])),
        requests: row['requests'],
        min: row['duration_ms_min'],
        max: row['slowest'],
        distinct: row['user_id_distinct'],
      }))
      const byKey = (a: { key: string }, b: { key: string }): number => (a.key < b.key ? -1 : 1)
      expect(found.toSorted(byKey)).toEqual(expected.toSorted(byKey))
    }),
    { numRuns: RUNS },
  )
})

test('more partial results than are read at once make the same rows', async () => {
  using folder = temporaryFolder()
  const reduction = reductionOf(CONFIG)
  const all = fc.sample(record, { numRuns: 140, seed: 1 })
  const whole = join(folder.path, 'whole')
  await writePartialOf(reduction, all, whole)
  const parts: string[] = []
  for (const [at, one] of all.entries()) {
    parts.push(join(folder.path, `part-${at}`))
    await writePartialOf(reduction, [one], parts[at] ?? '')
  }
  expect(await rowsOf(reduction, parts)).toEqual(await rowsOf(reduction, [whole]))
})

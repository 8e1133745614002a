import fc from 'fast-check'
import { expect, test } from 'vitest'
import { reduceAll } from './reduce-all.ts'
import type { PlainRecord } from './plain-record.ts'
import { bucketOf, valueOf } from '../../../src/cruncher/reduce/log-buckets.ts'

const IS_SOAK = process.env['FERRY_SOAK'] !== undefined

const users = (count: number, salt: string): PlainRecord[] =>
  Array.from({ length: count }, (_, at) => ({ fields: { user_id: `${salt}-${at}` } }))

test('HyperLogLog is off by 1.6 % on average and never by more than four times that', async () => {
  const counts = [1, 2, 10, 100, 1_000, 5_000, 20_000, ...(IS_SOAK ? [100_000, 1_000_000] : [])]
  for (const count of counts) {
    let squares = 0
    const rounds = count > 50_000 ? 5 : 20
    for (let round = 0; round < rounds; round++) {
      const all = users(count, `salt${round}`)
      const [row] = await reduceAll({ distinct: { user_id: 'hll' } }, [...all, ...all.slice(0, 50)])
      const difference = Number(row?.['user_id_distinct']) - count
      const error = difference / count
      // Of few, two may share a register; then it is off by one.
      expect(Math.abs(difference), `of ${count}`).toBeLessThanOrEqual(
        Math.max(1, 4 * 0.01625 * count),
      )
      squares += error * error
    }
    expect(Math.sqrt(squares / rounds), `mean of ${count}`).toBeLessThan(1.6 * 0.01625)
  }
})

test('a bucket stands for its values within 1 %, and buckets are in the order of values', () => {
  const value = fc.oneof(
    fc.double({ min: 1e-9, max: 1e18, noNaN: true }),
    fc.integer({ min: 1, max: 1_000_000 }).map(n => n / 100),
  )
  fc.assert(
    fc.property(value, value, (a, b) => {
      for (const number of [a, -a]) {
        const error = Math.abs(valueOf(bucketOf(number)) - number)
        expect(error).toBeLessThanOrEqual(Math.abs(number) * 0.010_01)
      }
      if (a < b) {
        expect(bucketOf(a)).toBeLessThanOrEqual(bucketOf(b))
        expect(bucketOf(-b)).toBeLessThanOrEqual(bucketOf(-a))
        expect(bucketOf(-a)).toBeLessThan(bucketOf(0))
        expect(bucketOf(0)).toBeLessThan(bucketOf(a))
      }
    }),
    { numRuns: 2_000 },
  )
})

test('quantiles are within 1 % of the value with that rank', async () => {
  const durations = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1 })
  await fc.assert(
    fc.asyncProperty(durations, async durations => {
      const records = durations.map(duration_ms => ({ fields: { duration_ms } }))
      const [row] = await reduceAll({ quantiles: { duration_ms: [0, 0.5, 0.9, 1] } }, records)
      const sorted = durations.toSorted((a, b) => a - b)
      for (const [name, quantile] of [
        ['p0', 0],
        ['p50', 0.5],
        ['p90', 0.9],
        ['p100', 1],
      ] as const) {
        const exact = sorted[Math.floor(quantile * (sorted.length - 1))] ?? 0
        const error = Math.abs(Number(row?.[`duration_ms_${name}`]) - exact)
        expect(error).toBeLessThanOrEqual(Math.abs(exact) * 0.010_01 + 1e-9)
      }
    }),
    { numRuns: 50 },
  )
})

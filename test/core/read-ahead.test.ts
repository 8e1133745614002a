import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readAhead } from '../../src/core/read-ahead.ts'

async function* numbers(count: number, seen: { last: number; ended: boolean }) {
  try {
    for (let at = 0; at < count; at++) {
      seen.last = at
      if (at % 3 === 0) await Promise.resolve()
      yield { at }
    }
  } finally {
    seen.ended = true
  }
}

test('gives all items in their order, never more than so many ahead', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(50), fc.integer({ min: 1, max: 20 }), async (count, ahead) => {
      const seen = { last: -1, ended: false }
      let expected = 0
      for await (const { at } of readAhead(numbers(count, seen), ahead)) {
        expect(at).toBe(expected++)
        if (at % 5 === 0) await new Promise(setImmediate)
        expect(seen.last).toBeLessThanOrEqual(at + ahead + 1)
      }
      expect([expected, seen.ended]).toEqual([count, true])
    }),
  )
})

test('an error comes after the items before it, and who leaves early ends the source', async () => {
  const failing = async function* () {
    yield { at: 0 }
    throw new Error('no more')
  }
  const got: number[] = []
  const all = async (): Promise<void> => {
    for await (const { at } of readAhead(failing(), 10)) got.push(at)
  }
  await expect(all()).rejects.toThrow('no more')
  expect(got).toEqual([0])
  const seen = { last: -1, ended: false }
  for await (const { at } of readAhead(numbers(1_000, seen), 5)) if (at === 3) break
  expect(seen.ended).toBe(true)
  expect(seen.last).toBeLessThan(15)
})

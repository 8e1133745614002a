import { setImmediate as pause } from 'node:timers/promises'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ByteBudget } from '../../src/core/byte-budget.ts'
import { orderedTurns } from '../../src/stores/ordered-turns.ts'

const { signal } = new AbortController()

test('turns come in the order of numbers, whoever is ready first, and shares never lock them up', async () => {
  const transfer = fc.record({
    parts: fc.integer({ min: 1, max: 12 }),
    workers: fc.integer({ min: 1, max: 5 }),
    pauses: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 12, maxLength: 12 }),
    skipped: fc.uniqueArray(fc.integer({ min: 1, max: 12 })),
  })
  const run = async (
    budget: ByteBudget,
    plan: typeof transfer extends fc.Arbitrary<infer T> ? T : never,
  ) => {
    const turns = orderedTurns()
    const seen: number[] = []
    let next = 1
    const work = async (): Promise<void> => {
      for (let number = next++; number <= plan.parts; number = next++) {
        using _ = await budget.acquire(8, signal)
        for (let left = plan.pauses[number - 1] ?? 0; left > 0; left--) await pause()
        if (plan.skipped.includes(number)) turns.skip(number)
        else await turns.take(number, signal, () => void seen.push(number))
      }
    }
    await Promise.all(Array.from({ length: plan.workers }, work))
    return seen
  }
  await fc.assert(
    fc.asyncProperty(
      fc.array(transfer, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 4, max: 30 }),
      async (plans, total) => {
        const budget = new ByteBudget(total)
        const all = await Promise.all(plans.map(plan => run(budget, plan)))
        const numbers = (parts: number): number[] =>
          Array.from({ length: parts }, (_, at) => at + 1)
        expect(all).toEqual(
          plans.map(({ parts, skipped }) => numbers(parts).filter(one => !skipped.includes(one))),
        )
      },
    ),
    { numRuns: process.env['FERRY_SOAK'] === undefined ? 50 : 2_000 },
  )
})

test('a turn that is waited for ends with the reason of an abort, before and during the wait', async () => {
  const turns = orderedTurns()
  const reason = new Error('enough')
  const aborting = new AbortController()
  const waiting = turns.take(2, aborting.signal, () => {})
  aborting.abort(reason)
  await expect(waiting).rejects.toBe(reason)
  await expect(turns.take(3, aborting.signal, () => {})).rejects.toBe(reason)
})

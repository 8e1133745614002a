import { expect, test } from 'vitest'
import fc from 'fast-check'
import { FerryError } from '../../src/core/errors.ts'
import { Leases } from '../../src/mirror/holder/leases.ts'
import type { TakenMoment } from '../../src/mirror/take-moment.ts'

const never = new AbortController().signal

/** Moments that are numbered, and how many of them are held. */
function makeMoments(): { take: () => Promise<TakenMoment>; open: Set<string> } {
  const open = new Set<string>()
  let number = 0
  return {
    open,
    take: async () => {
      number += 1
      const takenAt = `2026-03-01T00:00:00.${String(number).padStart(6, '0')}Z`
      await Promise.resolve()
      open.add(takenAt)
      const reader = () => Promise.reject(new Error('nobody reads'))
      return {
        moment: { snapshot: String(number), takenAt, inFlightSince: null, settled: {} },
        snapshot: {
          id: String(number),
          takenAt,
          inFlightSince: null,
          oldestTransaction: null,
          reader,
          async [Symbol.asyncDispose]() {
            open.delete(takenAt)
          },
        },
      }
    },
  }
}

const settled = () => new Promise(resolve => setImmediate(resolve))

test('all read one moment, with as many connections as are free', async () => {
  const moments = makeMoments()
  const leases = new Leases({ connections: 4, take: moments.take, maxAgeMs: 1e9, now: () => 0 })
  const a = await leases.take({ what: 'a', wanted: 2 }, never)
  const b = await leases.take({ what: 'b', wanted: 5 }, never)
  expect([a.slots, b.slots]).toEqual([2, 1]) // one holds the moment
  expect(b.taken).toBe(a.taken)
  let waits = true
  const c = leases.take({ what: 'c', wanted: 1 }, never).then(lease => {
    waits = false
    return lease
  })
  await settled()
  expect(waits).toBe(true)
  b.release(false)
  b.release(false)
  expect((await c).slots).toBe(1)
})

test('a moment that is too old, or sees no more of a table, is followed by another', async () => {
  const moments = makeMoments()
  let now = 0
  const leases = new Leases({ connections: 6, take: moments.take, maxAgeMs: 1_000, now: () => now })
  const a = await leases.take({ what: 'c', wanted: 1 }, never)
  const b = await leases.take({ what: 'a', wanted: 1, after: a.taken?.moment.takenAt }, never)
  expect(b.taken).not.toBe(a.taken)
  expect(moments.open.size).toBe(2) // the first is still read
  a.release(false)
  now = 2_000
  const c = await leases.take({ what: 'c', wanted: 1 }, never)
  expect(c.taken).not.toBe(b.taken)
  expect(moments.open.size).toBe(2)
  b.release(false)
  c.release(false)
  const last = await leases.take({ what: 'c', wanted: 1 }, never)
  last.release(false)
  expect(leases.isIdle).toBe(true)
  await leases.close()
  expect(moments.open.size).toBe(0)
})

test('a source that is away fails who asked, and is asked again for the next', async () => {
  const moments = makeMoments()
  let isAway = true
  const take = async (): Promise<TakenMoment> => {
    if (isAway) throw new FerryError('SERVICE_UNAVAILABLE', 'away')
    return await moments.take()
  }
  const leases = new Leases({ connections: 2, take, maxAgeMs: 1e9, now: () => 0 })
  await expect(leases.take({ what: 'c', wanted: 1 }, never)).rejects.toThrow('away')
  isAway = false
  expect((await leases.take({ what: 'c', wanted: 1 }, never)).slots).toBe(1)
})

test('never more connections than allowed, whoever comes and goes; all are served in the end', async () => {
  const client = fc.record({
    what: fc.constantFrom('a', 'b', 'c'),
    wanted: fc.integer({ min: 1, max: 8 }),
    leavesEarly: fc.boolean(),
    isLater: fc.boolean(),
    turns: fc.nat(5),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 2, max: 6 }),
      fc.array(client, { maxLength: 12 }),
      async (connections, clients) => {
        const moments = makeMoments()
        const leases = new Leases({ connections, take: moments.take, maxAgeMs: 1e9, now: () => 0 })
        let used = 0
        let served = 0
        await Promise.all(
          clients.map(async ({ what, wanted, leavesEarly, isLater, turns }) => {
            const gone = new AbortController()
            const asked = leases.take(
              { what, wanted, after: isLater ? '2026-03-01T00:00:00.000001Z' : undefined },
              gone.signal,
            )
            if (leavesEarly) gone.abort(new Error('gone'))
            const lease = await asked.catch(() => undefined)
            if (lease === undefined) return
            used += lease.slots
            expect(lease.slots).toBeGreaterThan(0)
            expect(used + moments.open.size).toBeLessThanOrEqual(connections)
            for (let turn = 0; turn < turns; turn++) await settled()
            used -= lease.slots
            served += 1
            lease.release(turns % 2 === 0)
          }),
        )
        await settled()
        expect(served).toBe(clients.filter(({ leavesEarly }) => !leavesEarly).length)
        expect(leases.isIdle).toBe(true)
        await leases.close()
        expect(moments.open.size).toBe(0)
      },
    ),
    { numRuns: 200 },
  )
})

test('what was read at a moment is read at a later one when it is asked for again', async () => {
  const moments = makeMoments()
  const leases = new Leases({ connections: 3, take: moments.take, maxAgeMs: 1e9, now: () => 0 })
  const first = await leases.take({ what: 'users', wanted: 1 }, never)
  first.release(true)
  const other = await leases.take({ what: 'tasks', wanted: 1 }, never)
  expect(other.taken).toBe(first.taken)
  other.release(false) // it was broken off
  const retry = await leases.take({ what: 'tasks', wanted: 1 }, never)
  expect(retry.taken).toBe(first.taken)
  retry.release(true)
  const again = await leases.take({ what: 'users', wanted: 1 }, never)
  expect(again.taken).not.toBe(first.taken)
})

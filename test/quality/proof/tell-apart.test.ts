import { hash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { DifferentRow } from '../../../src/quality/compare/different-rows.ts'
import { tellApart } from '../../../src/quality/proof/tell-apart.ts'

const unstamped = { isSince: () => false, stampOf: () => '' }

/** As checksums are: without a pattern. Of sums of small numbers many are the same. */
const checksum = fc
  .noBias(fc.integer())
  .map(seed => BigInt(`0x${hash('md5', String(seed)).slice(0, 15)}`) | 1n)

/** A key by what the warehouse has, what the source had once, and what it has now. */
const fate = fc.record({
  there: fc.option(checksum, { nil: 0n }),
  once: fc.option(checksum, { nil: 0n }),
  now: fc.option(checksum, { nil: 0n }),
  isLost: fc.boolean(),
})

/** Of the rows that differ, each was lost (the source did not change) or changed since (it was right). */
test('any few rows are told apart by the sums alone', () => {
  fc.assert(
    fc.property(fc.array(fate, { maxLength: 10 }), fates => {
      const rows: DifferentRow[] = []
      const lost: DifferentRow[] = []
      const then = { source: { rows: 0, checksum: 0n }, target: { rows: 0, checksum: 0n } }
      fates.forEach(({ there, now, isLost }, index) => {
        if (there === now) return
        const row: DifferentRow = {
          kind: there === 0n ? 'missing' : now === 0n ? 'surplus' : 'different',
          key: [String(index)],
          source: now,
          target: there,
          also: [],
        }
        rows.push(row)
        if (isLost) lost.push(row)
        const was = isLost ? now : there
        then.source = {
          rows: then.source.rows + (was === 0n ? 0 : 1),
          checksum: then.source.checksum + was,
        }
        then.target = {
          rows: then.target.rows + (there === 0n ? 0 : 1),
          checksum: then.target.checksum + there,
        }
      })
      const told = tellApart(then, rows, unstamped)
      expect(told.isProven).toBe(true)
      expect(new Set(told.lost)).toEqual(new Set(lost))
      expect(told.lost.length + told.changedSince.length).toBe(rows.length)
    }),
  )
})

test('rows that no set of which makes up for the difference count as lost, but for their time stamps', () => {
  const row = (id: string, source: bigint, also: string | null): DifferentRow => ({
    kind: 'different',
    key: [id],
    source,
    target: 1n,
    also: [also],
  })
  const rows = [row('a', 5n, 'since'), row('b', 9n, null)]
  const then = { source: { rows: 2, checksum: 1_000n }, target: { rows: 2, checksum: 2n } }
  const told = tellApart(then, rows, { ...unstamped, isSince: one => one.also[0] === 'since' })
  expect(told).toEqual({ lost: [rows[1]], changedSince: [rows[0]], isProven: false })
})

test('hundreds of rows whose stamps are older than their commits are told from deletions and lost rows', () => {
  const row = (kind: DifferentRow['kind'], id: number, stamp: string): DifferentRow => ({
    kind,
    key: [String(id)],
    source: kind === 'surplus' ? 0n : BigInt(id) * 977_777_777_777n + 1n,
    target: kind === 'missing' ? 0n : BigInt(id) * 888_888_888_889n + 3n,
    also: [null, stamp],
  })
  const since = Array.from({ length: 300 }, (_, id) => row('different', id, '2026-03-02'))
  const stale = Array.from({ length: 40 }, (_, id) => row('different', 1_000 + id, '2026-03-01'))
  const gone = Array.from({ length: 9 }, (_, id) => row('surplus', 2_000 + id, ''))
  const goneSince = Array.from({ length: 9 }, (_, id) => row('surplus', 3_000 + id, ''))
  const lost = [...stale, ...gone]
  const sum = (rows: readonly DifferentRow[], side: 'source' | 'target'): bigint =>
    rows.reduce((total, one) => total + one[side], 0n)
  const told = tellApart(
    {
      source: { rows: 50, checksum: sum(lost, 'source') },
      target: { rows: 59, checksum: sum(lost, 'target') },
    },
    [...since, ...lost, ...goneSince],
    { isSince: () => false, stampOf: one => one.also[1] ?? '' },
  )
  expect(told.isProven).toBe(true)
  expect(new Set(told.lost)).toEqual(new Set(lost))
  expect(told.changedSince).toHaveLength(309)
})

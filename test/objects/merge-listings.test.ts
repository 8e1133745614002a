import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { mergeListings } from '../../src/objects/merge-listings.ts'
import type { Selected } from '../../src/objects/selection.ts'

/** Names that sort otherwise by UTF-16 units, by locale, or as paths. */
const name = fc
  .array(fc.constantFrom('a', 'B', '/', '-', '.', '0', 'é', '\uffee', '😀', ' '), {
    minLength: 1,
    maxLength: 4,
  })
  .map(parts => parts.join(''))
const names = fc.uniqueArray(name, { maxLength: 30 }).map(sorted)
const pageSize = fc.integer({ min: 1, max: 7 })

function sorted(list: readonly string[]): string[] {
  return [...list].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
}

function selected(key: string, etag: string): Selected {
  const modifiedAt = new Date(0)
  return { kind: 'object', name: key, object: { key, size: 1, modifiedAt, etag, checksums: {} } }
}

async function* pagesOf(
  entries: readonly Selected[],
  size: number,
): AsyncGenerator<readonly Selected[]> {
  for (let at = 0; at < entries.length; at += size) yield entries.slice(at, at + size)
  yield [] // a filter may leave nothing of a page
}

test('two listings come out as one, each name once, in order, whatever the pages', async () => {
  await fc.assert(
    fc.asyncProperty(names, names, pageSize, pageSize, async (from, to, size, otherSize) => {
      const left = pagesOf(
        from.map(key => selected(key, 'from')),
        size,
      )
      const right = pagesOf(
        to.map(key => selected(key, 'to')),
        otherSize,
      )
      const merged = (await Array.fromAsync(mergeListings(left, right))).flat()
      const expected = sorted([...new Set([...from, ...to])]).map(key => [
        key,
        from.includes(key) ? 'from' : undefined,
        to.includes(key) ? 'to' : undefined,
      ])
      const found = merged.map(one =>
        one.kind === 'name' ? [one.name, one.source?.etag, one.target?.etag] : [],
      )
      expect(found).toEqual(expected)
    }),
  )
})

test('a listing out of order, or with a name twice, is an error and not a missing name', async () => {
  await fc.assert(
    fc.asyncProperty(names, fc.nat(), pageSize, async (list, seed, size) => {
      fc.pre(list.length > 1)
      const at = seed % (list.length - 1)
      const swapped = list.with(at, list[at + 1] ?? '').with(at + 1, list[at] ?? '')
      const twice = list.toSpliced(at, 0, list[at] ?? '')
      for (const wrong of [swapped, twice]) {
        const entries = wrong.map(key => selected(key, 'x'))
        const merge = mergeListings(pagesOf(entries, size), pagesOf([], 1))
        await expect(Array.fromAsync(merge)).rejects.toMatchObject({ code: 'TRANSIENT' })
      }
    }),
  )
})

test('what cannot be read is told with its side, and both listings are ended', async () => {
  const error = new Error('denied')
  const ended: string[] = []
  const listing = async function* (
    side: string,
    entries: readonly Selected[],
  ): AsyncGenerator<readonly Selected[]> {
    try {
      yield entries
      yield entries
    } finally {
      ended.push(side)
    }
  }
  const source = listing('source', [selected('a', ''), { kind: 'failure', key: 'b/', error }])
  const target = listing('target', [selected('b/c', '')])
  const told: string[] = []
  for await (const page of mergeListings(source, target)) {
    told.push(...page.map(one => (one.kind === 'failure' ? `${one.side} ${one.key}` : one.name)))
    break
  }
  expect(told).toEqual(['a', 'source b/'])
  expect(ended.sort()).toEqual(['source', 'target'])
})

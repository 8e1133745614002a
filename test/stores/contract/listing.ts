import { forEachParallel } from '../../../src/core/for-each-parallel.ts'
import { compareKeys } from '../../../src/formats/object-key.ts'
import { codeOf, expect, keysIn, listed, options, putText, type Suite } from './suite.ts'

/** A file cannot be a folder too: there, `a` is left out. */
const TREE = ['a', 'a-b', 'a.b', 'a/b', 'a/c/d', 'a/c/e', 'a0', 'ab', 'b/x', 'B', 'z']

/** What a listing of the tree above has, in the order of bytes. */
const LISTINGS: readonly (readonly [string, { prefix: string; delimiter?: '/' }, string[]])[] = [
  [
    'all',
    { prefix: '' },
    ['B', 'a', 'a-b', 'a.b', 'a/b', 'a/c/d', 'a/c/e', 'a0', 'ab', 'b/x', 'z'],
  ],
  [
    'all of a level',
    { prefix: '', delimiter: '/' },
    ['B', 'a', 'a-b', 'a.b', 'a/ (prefix)', 'a0', 'ab', 'b/ (prefix)', 'z'],
  ],
  ['a folder', { prefix: 'a/' }, ['a/b', 'a/c/d', 'a/c/e']],
  ['a level of a folder', { prefix: 'a/', delimiter: '/' }, ['a/b', 'a/c/ (prefix)']],
  ['a folder in a folder', { prefix: 'a/c/' }, ['a/c/d', 'a/c/e']],
  [
    'a prefix that is a name and a folder',
    { prefix: 'a' },
    ['a', 'a-b', 'a.b', 'a/b', 'a/c/d', 'a/c/e', 'a0', 'ab'],
  ],
  [
    'a level of such a prefix',
    { prefix: 'a', delimiter: '/' },
    ['a', 'a-b', 'a.b', 'a/ (prefix)', 'a0', 'ab'],
  ],
  ['a prefix within a name', { prefix: 'a/c/d' }, ['a/c/d']],
  ['a prefix of nothing', { prefix: 'nothing' }, []],
  ['a folder of nothing', { prefix: 'nothing/', delimiter: '/' }, []],
  ['a prefix behind all', { prefix: '~' }, []],
]

/** In the order of their UTF-8 bytes, which is not that of UTF-16. */
const ORDER = [
  '!',
  '0',
  'A',
  'Z',
  '_',
  'a',
  'z',
  'é',
  'ÿ',
  'ā',
  '一',
  '\ufb01',
  '\u{10000}',
  '\u{1f600}',
]

/** Thousands of objects are put first, on whatever machine this is. */
const MANY_MS = 240_000

export function listing(suite: Suite): void {
  const { row, service, capabilities, newBucket, promise } = suite
  for (const [what, query, expected] of LISTINGS) {
    promise(`listing: ${what}`, async () => {
      const bucket = await newBucket()
      const isPossible = (key: string): boolean => capabilities().keys === 'any' || key !== 'a'
      for (const key of TREE.filter(isPossible)) await putText(bucket, key, key)
      expect(await keysIn(bucket, query)).toEqual(expected.filter(isPossible))
    })
  }

  promise('listing: in the order of UTF-8 bytes', async () => {
    const bucket = await newBucket()
    for (const key of [...ORDER].reverse()) await putText(bucket, key, key)
    expect(await keysIn(bucket)).toEqual(ORDER)
  })

  promise('listing: folders in the order of their names with the slash', async () => {
    const bucket = await newBucket()
    const keys = ['a!b/x', 'a/x', 'a0/x', 'a/y!', 'a-/x']
    for (const key of keys) await putText(bucket, key, key)
    expect(await keysIn(bucket)).toEqual([...keys].sort(compareKeys))
  })

  promise('listing: an empty bucket', async () => {
    expect(await keysIn(await newBucket())).toEqual([])
  })

  promise('listing: a bucket that is not there', async () => {
    await using missing = await service().open('no-such-bucket')
    expect(await codeOf(keysIn(missing))).toBe('BUCKET_NOT_FOUND')
  })

  promise('listing: what was removed is gone', async () => {
    const bucket = await newBucket()
    for (const key of ['a', 'b', 'c']) await putText(bucket, key, key)
    await bucket.remove(['b'], options())
    expect(await keysIn(bucket)).toEqual(['a', 'c'])
  })

  promise('listing: tells sizes', async () => {
    const bucket = await newBucket()
    for (const size of [0, 1, 1_000]) await bucket.put(`${size}`, Buffer.alloc(size), options())
    const sizes = (await listed(bucket)).map(entry => entry.kind === 'object' && entry.object.size)
    expect(sizes).toEqual([0, 1, 1_000])
  })

  promise('listing: an unfinished upload is not seen', async () => {
    const bucket = await newBucket()
    const upload = await bucket.uploads.start('unfinished', options())
    expect(await keysIn(bucket)).toEqual([])
    await bucket.uploads.abort(upload, options())
  })

  const manyKeys = async (): Promise<void> => {
    const bucket = await newBucket()
    const count = row.manyObjects
    const keys = Array.from({ length: count }, (_, at) => `${at % 2 === 0 ? 'd/' : 'e'}${at}`)
    await forEachParallel(keys, 16, async key => void (await putText(bucket, key, '')))
    const sorted = [...keys].sort(compareKeys)
    expect(await keysIn(bucket)).toEqual(sorted)
    expect(await keysIn(bucket, { prefix: 'd/' })).toEqual(sorted.filter(key => key < 'e'))
    const level = await keysIn(bucket, { delimiter: '/' })
    expect(level).toEqual(['d/ (prefix)', ...sorted.filter(key => key >= 'e')])
    await bucket.remove(sorted.slice(0, bucket.capabilities.maxRemoveKeys), options())
    expect(await keysIn(bucket)).toEqual(sorted.slice(bucket.capabilities.maxRemoveKeys))
  }
  promise('listing: more than a page, each once and in order, also by level', manyKeys, MANY_MS)

  promise('listing: an aborted signal throws its reason', async () => {
    const reason = new Error('enough')
    const listed = keysIn(await newBucket(), { signal: AbortSignal.abort(reason) })
    await expect(listed).rejects.toBe(reason)
  })
}

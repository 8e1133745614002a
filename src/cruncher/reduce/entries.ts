/**
 * Partial results as a sequence of entries in the order of their keys' bytes: after each group what
 * belongs to it. The key of a group is the values of its fields (`key-encoding.ts`); the key of a part
 * is that of its group, the number of its section (from 1), and what tells the parts of a section
 * apart:
 *
 *     values      the value as in keys       how often
 *     registers   two bytes, its number      the rank
 *     buckets     four bytes, its number     how many
 */
export interface Entries {
  /** Goes to the next entry; false: there is none. */
  next(): boolean
  /** The key is its first `keyLength` bytes, the group's the first `groupLength`. Changes with `next`. */
  readonly key: Uint8Array
  readonly keyLength: number
  /** Equal to `keyLength` where the entry is a group. */
  readonly groupLength: number
  /** Of a group; its first so many numbers. */
  readonly slots: Float64Array
  /** Of a part: a whole number that is not negative. */
  readonly value: number
}

/** Where the number of a bucket, which can be negative, is written: so that bytes sort as numbers do. */
export function bucketToWord(bucket: number): number {
  return (bucket ^ 0x80000000) >>> 0
}

export function wordToBucket(word: number): number {
  return word ^ 0x80000000
}

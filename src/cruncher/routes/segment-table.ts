/** What a table is made of: a text of bytes (a latin1 string), the group in which it stands, and its number. */
export interface SegmentEntry {
  readonly group: number
  readonly text: string
  readonly value: number
}

/**
 * Short texts of bytes in groups, each with a number: the literal children of every node of a tree in
 * one table with open addressing. A hash of a few bytes leads to the entry; all of its bytes are compared.
 */
export class SegmentTable {
  readonly #mask: number
  /** A slot holds the number of an entry, counted from 1; 0: free. */
  readonly #slots: Int32Array
  readonly #groups: Int32Array
  readonly #values: Int32Array
  readonly #offsets: Int32Array
  readonly #texts: Uint8Array

  /** Entries are different from each other. */
  constructor(entries: readonly SegmentEntry[]) {
    let size = 16
    while (size < 4 * entries.length) size *= 2
    this.#mask = size - 1
    this.#slots = new Int32Array(size)
    this.#groups = Int32Array.from(entries, entry => entry.group)
    this.#values = Int32Array.from(entries, entry => entry.value)
    this.#texts = Buffer.from(entries.map(entry => entry.text).join(''), 'latin1')
    this.#offsets = new Int32Array(entries.length + 1)
    for (const [index, { group, text }] of entries.entries()) {
      const from = this.#offsets[index] ?? 0
      this.#offsets[index + 1] = from + text.length
      let slot = hashOf(group, this.#texts, from, from + text.length) & this.#mask
      while (this.#slots[slot] !== 0) slot = (slot + 1) & this.#mask
      this.#slots[slot] = index + 1
    }
  }

  /** The number of a text in a group; -1 when it is not there. */
  find(group: number, bytes: Uint8Array, from: number, to: number): number {
    let slot = hashOf(group, bytes, from, to) & this.#mask
    for (;;) {
      const entry = (this.#slots[slot] ?? 0) - 1
      if (entry < 0) return -1
      if (this.#groups[entry] === group && this.#isText(entry, bytes, from, to))
        return this.#values[entry] ?? -1
      slot = (slot + 1) & this.#mask
    }
  }

  #isText(entry: number, bytes: Uint8Array, from: number, to: number): boolean {
    const texts = this.#texts
    let at = this.#offsets[entry] ?? 0
    if ((this.#offsets[entry + 1] ?? 0) - at !== to - from) return false
    for (let i = from; i < to; i++, at++) if (bytes[i] !== texts[at]) return false
    return true
  }
}

/** Of the group, the length and four bytes. */
function hashOf(group: number, bytes: Uint8Array, from: number, to: number): number {
  if (from >= to) return group
  const middle = (from + to) >> 1
  let hash = Math.imul(group, 0x9e3779b1) + (to - from)
  hash = Math.imul(hash, 31) + (bytes[from] ?? 0)
  hash = Math.imul(hash, 31) + (bytes[middle] ?? 0)
  hash = Math.imul(hash, 31) + (bytes[to - 1] ?? 0)
  hash = Math.imul(hash, 31) + (to - from > 1 ? (bytes[to - 2] ?? 0) : 0)
  return hash ^ (hash >>> 15)
}

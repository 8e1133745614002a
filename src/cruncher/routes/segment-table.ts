/** What a table is made of: a text of bytes (a latin1 string), the group in which it stands, and its number. */
export interface SegmentEntry {
  readonly group: number
  readonly text: string
  readonly value: number
}

/** An entry is four numbers: its group, where its text begins, where it ends, its value. */
const ENTRY = 4

/**
 * Short texts of bytes in groups, each with a number: the literal children of every node of a tree in
 * one table with open addressing. A hash of a few bytes leads to the entry; all of its bytes are compared.
 */
export class SegmentTable {
  readonly #mask: number
  /** A slot holds where an entry begins, plus 1; 0: free. */
  readonly #slots: Int32Array
  readonly #entries: Int32Array
  readonly #texts: Uint8Array

  /** Entries are different from each other. */
  constructor(entries: readonly SegmentEntry[]) {
    let size = 16
    while (size < 4 * entries.length) size *= 2
    this.#mask = size - 1
    this.#slots = new Int32Array(size)
    this.#entries = new Int32Array(ENTRY * entries.length)
    this.#texts = new Uint8Array(Buffer.from(entries.map(entry => entry.text).join(''), 'latin1'))
    let from = 0
    for (const [index, { group, text, value }] of entries.entries()) {
      const to = from + text.length
      this.#entries.set([group, from, to, value], ENTRY * index)
      let slot = hashOf(group, this.#texts, from, to) & this.#mask
      while (this.#slots[slot] !== 0) slot = (slot + 1) & this.#mask
      this.#slots[slot] = ENTRY * index + 1
      from = to
    }
  }

  /** The number of a text in a group; -1 when it is not there. */
  find(group: number, bytes: Uint8Array, from: number, to: number): number {
    const slots = this.#slots
    const entries = this.#entries
    const texts = this.#texts
    const mask = this.#mask
    let slot = hashOf(group, bytes, from, to) & mask
    for (;;) {
      const entry = (slots[slot] ?? 0) - 1
      if (entry < 0) return -1
      if (entries[entry] === group) {
        const start = entries[entry + 1] ?? 0
        if ((entries[entry + 2] ?? 0) - start === to - from) {
          let at = from
          const shift = start - from
          while (at < to && bytes[at] === texts[at + shift]) at++
          if (at === to) return entries[entry + 3] ?? -1
        }
      }
      slot = (slot + 1) & mask
    }
  }
}

/** Of the group, the length and three bytes; the products do not wait for each other. */
function hashOf(group: number, bytes: Uint8Array, from: number, to: number): number {
  if (from >= to) return group
  const ends = (bytes[from] ?? 0) * 31 + (bytes[to - 1] ?? 0) * 1_009
  return group * 7 + (to - from) * 127 + ends + (bytes[(from + to) >> 1] ?? 0) * 8_191
}

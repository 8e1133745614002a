import { hashBytes } from './hash-bytes.ts'
import type { MemoryMeter } from './memory-meter.ts'
import { release, resizeBytes, resizeIntegers, resizeNumbers } from './resize.ts'

const FIRST_ENTRIES = 256
const FIRST_ARENA = 8_192
/** Start, hash, up to 2.7 places of the table; and at writing: order, a piece of its key, rank. */
const BYTES_AN_ENTRY = 32

/**
 * A hash table over bytes: each key has a number, counted from 0, and some Float64 slots. Keys lie one
 * after the other in one array, so an entry is no object, and ten million of them are no work for the
 * garbage collector. Open addressing, at most three quarters full. Arrays double; what was not written of
 * one takes no memory.
 */
export class KeyTable {
  size = 0
  /** The slots of entry `i` begin at `i * width`. */
  values: Float64Array<ArrayBuffer>
  /** The keys, and where each begins; `starts[size]` is the end of the last. */
  arena = new Uint8Array(FIRST_ARENA)
  starts = new Int32Array(FIRST_ENTRIES + 1)
  readonly width: number
  readonly #initial: Float64Array
  readonly #memory: MemoryMeter
  #hashes = new Int32Array(FIRST_ENTRIES)
  /** Entry's number + 1; 0: free. */
  #table = new Int32Array(2 * FIRST_ENTRIES)

  /** @param initial the slots of a new entry */
  constructor(initial: Float64Array, memory: MemoryMeter) {
    this.#initial = initial
    this.width = initial.length
    this.values = new Float64Array(this.width * FIRST_ENTRIES)
    this.#memory = memory
  }

  /** The number of a key, which is the first `length` bytes; a new one is added. */
  find(key: Uint8Array, length: number): number {
    const hash = hashBytes(key, 0, length, 0)
    const mask = this.#table.length - 1
    let at = hash & mask
    for (;;) {
      const entry = (this.#table[at] ?? 0) - 1
      if (entry < 0) break
      if (this.#hashes[entry] === hash && this.#isKey(entry, key, length)) return entry
      at = (at + 1) & mask
    }
    this.#table[at] = this.size + 1
    return this.#add(key, length, hash)
  }

  /** Four bytes of an entry's key from `offset` on, as a number; zeros after its end. */
  word(entry: number, offset: number): number {
    const arena = this.arena
    const at = (this.starts[entry] ?? 0) + offset
    const end = this.starts[entry + 1] ?? 0
    if (at + 4 <= end) {
      const high = ((arena[at] ?? 0) << 8) | (arena[at + 1] ?? 0)
      return ((high << 16) | ((arena[at + 2] ?? 0) << 8) | (arena[at + 3] ?? 0)) >>> 0
    }
    let word = 0
    for (let i = at; i < at + 4; i++) word = (word << 8) | (i < end ? (arena[i] ?? 0) : 0)
    return word >>> 0
  }

  /** Forgets all entries, and keeps the memory for the next. */
  clear(): void {
    this.#memory.used -= this.#entryBytes()
    this.size = 0
    this.#table.fill(0)
  }

  #entryBytes(): number {
    return this.size * (BYTES_AN_ENTRY + 8 * this.width) + (this.starts[this.size] ?? 0)
  }

  #isKey(entry: number, key: Uint8Array, length: number): boolean {
    const start = this.starts[entry] ?? 0
    if ((this.starts[entry + 1] ?? 0) - start !== length) return false
    const arena = this.arena
    for (let i = 0; i < length; i++) if (arena[start + i] !== key[i]) return false
    return true
  }

  #add(key: Uint8Array, length: number, hash: number): number {
    const entry = this.size
    const start = this.starts[entry] ?? 0
    if (entry === this.#hashes.length) this.#growEntries()
    while (start + length > this.arena.length) {
      this.arena = resizeBytes(this.arena, 2 * this.arena.length)
    }
    const arena = this.arena
    for (let i = 0; i < length; i++) arena[start + i] = key[i] ?? 0
    this.starts[entry + 1] = start + length
    this.#hashes[entry] = hash
    for (let i = 0, at = entry * this.width; i < this.width; i++, at++) {
      this.values[at] = this.#initial[i] ?? 0
    }
    this.size = entry + 1
    this.#memory.used += BYTES_AN_ENTRY + 8 * this.width + length
    if (4 * this.size > 3 * this.#table.length) this.#growTable()
    return entry
  }

  #growEntries(): void {
    const { size } = this
    this.starts = resizeIntegers(this.starts, 2 * size + 1)
    this.#hashes = resizeIntegers(this.#hashes, 2 * size)
    this.values = resizeNumbers(this.values, 2 * size * this.width)
  }

  #growTable(): void {
    const length = 2 * this.#table.length
    release(this.#table)
    const table = new Int32Array(length)
    const mask = length - 1
    for (let entry = 0; entry < this.size; entry++) {
      let at = (this.#hashes[entry] ?? 0) & mask
      while (table[at] !== 0) at = (at + 1) & mask
      table[at] = entry + 1
    }
    this.#table = table
  }
}

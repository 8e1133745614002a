import { ByteSink, type ByteSource, type ByteView } from '../byte-sink.ts'
import { wordAt } from '../byte-words.ts'

/** Of the length before each text, as Parquet's PLAIN encoding has it. */
const LENGTH_BYTES = 4
const FIRST_BYTES = 65_536
const FIRST_ENTRIES = 4_096
const ABSENT_ROW = -1
/** Texts are looked up while they repeat: first judged at so many different ones, then at each doubling. */
const FIRST_JUDGEMENT = 1_024
const MOST_DICTIONARY_BYTES = 1_048_576

/**
 * A column of texts of many rows. Each text that differs is kept once, as long as texts repeat; from then on
 * each row has its own. They lie one after the other as Parquet writes them, length first.
 */
export class TextColumn {
  readonly texts = new ByteSink(FIRST_BYTES)
  /** Where each text ends; the next begins there. */
  ends = new Int32Array(FIRST_ENTRIES)
  entries = 0
  /** By row: the number of its text, or -1. */
  readonly rows: Int32Array
  /** Rows that have a text. */
  present = 0
  /** Whether texts are still looked up. */
  isDictionary = true
  #hashes = new Int32Array(FIRST_ENTRIES)
  /** Numbers of texts plus 1, by hash; of twice the size of `ends`. */
  #table = new Int32Array(2 * FIRST_ENTRIES)
  #judgement = FIRST_JUDGEMENT
  readonly #numbered: number[] = []

  constructor(mostRows: number) {
    this.rows = new Int32Array(mostRows)
  }

  clear(): void {
    this.texts.length = 0
    this.entries = 0
    this.present = 0
    this.isDictionary = true
    this.#judgement = FIRST_JUDGEMENT
    this.#numbered.length = 0
    if (this.#hashes.length === this.ends.length) {
      this.#table.fill(0)
    } else {
      this.#hashes = new Int32Array(this.ends.length)
      this.#table = new Int32Array(2 * this.ends.length)
    }
  }

  addAbsent(row: number): void {
    this.rows[row] = ABSENT_ROW
  }

  add(row: number, source: ByteSource, from: number, to: number): void {
    this.present++
    if (!this.isDictionary) {
      this.rows[row] = this.#append(source, from, to)
      return
    }
    const hash = hashOf(source, from, to)
    const mask = this.#table.length - 1
    let slot = hash & mask
    for (;;) {
      const entry = (this.#table[slot] ?? 0) - 1
      if (entry < 0) break
      if (this.#hashes[entry] === hash && this.#isText(entry, source, from, to)) {
        this.rows[row] = entry
        return
      }
      slot = (slot + 1) & mask
    }
    const entry = this.#append(source, from, to)
    this.rows[row] = entry
    this.#table[slot] = entry + 1
    this.#hashes[entry] = hash
    if (this.entries >= this.#judgement || this.texts.length > MOST_DICTIONARY_BYTES) this.#judge()
  }

  /** Adds one of a few texts that the caller tells apart by numbers. */
  addNumbered(row: number, number: number, text: ByteSource): void {
    const known = this.#numbered[number]
    if (known !== undefined) {
      this.rows[row] = known
      this.present++
      return
    }
    this.add(row, text, 0, text.bytes.length)
    this.#numbered[number] = this.rows[row] ?? ABSENT_ROW
  }

  #judge(): void {
    this.#judgement *= 2
    if (2 * this.entries > this.present || this.texts.length > MOST_DICTIONARY_BYTES) {
      this.isDictionary = false
    }
  }

  #append(source: ByteSource, from: number, to: number): number {
    const length = to - from
    const { texts } = this
    texts.reserve(LENGTH_BYTES + length)
    texts.view.setInt32(texts.length, length, true)
    texts.length += LENGTH_BYTES
    copyBytes(texts, source, from, to)
    if (this.entries === this.ends.length) this.#grow()
    this.ends[this.entries] = texts.length
    return this.entries++
  }

  #grow(): void {
    const ends = new Int32Array(2 * this.ends.length)
    ends.set(this.ends)
    this.ends = ends
    if (!this.isDictionary) return
    const hashes = new Int32Array(ends.length)
    hashes.set(this.#hashes)
    this.#hashes = hashes
    const table = new Int32Array(2 * ends.length)
    const mask = table.length - 1
    for (let entry = 0; entry < this.entries; entry++) {
      let slot = (hashes[entry] ?? 0) & mask
      while (table[slot] !== 0) slot = (slot + 1) & mask
      table[slot] = entry + 1
    }
    this.#table = table
  }

  #isText(entry: number, source: ByteSource, from: number, to: number): boolean {
    const start = (entry === 0 ? 0 : (this.ends[entry - 1] ?? 0)) + LENGTH_BYTES
    const length = to - from
    if ((this.ends[entry] ?? 0) - start !== length) return false
    const { view } = this.texts
    const lastWord = length - 4
    let i = 0
    for (; i <= lastWord; i += 4) {
      if (view.getInt32(start + i, true) !== source.view.getInt32(from + i, true)) return false
    }
    if (i === length) return true
    return wordAt(this.texts, start + i, start + length) === wordAt(source, from + i, to)
  }
}

/** Bytes as they are; room for them was reserved. */
export function copyBytes(sink: ByteSink, source: ByteView, from: number, to: number): void {
  const { view } = source
  const out = sink.view
  let at = sink.length
  let i = from
  for (const lastWord = to - 4; i <= lastWord; i += 4) {
    out.setInt32(at, view.getInt32(i, true), true)
    at += 4
  }
  // What hangs over is written over by what comes next.
  if (i < to) out.setInt32(at, wordAt(source, i, to), true)
  sink.length = at + to - i
}

/** Of four bytes at a time; the multipliers are odd numbers with their bits spread. */
function hashOf(source: ByteSource, from: number, to: number): number {
  const { view } = source
  let hash = to - from
  let i = from
  for (const lastWord = to - 4; i <= lastWord; i += 4) {
    hash = Math.imul(hash ^ view.getInt32(i, true), 0x9e3779b1)
    hash ^= hash >>> 15
  }
  if (i < to) hash = Math.imul(hash ^ wordAt(source, i, to), 0x85ebca6b)
  return hash ^ (hash >>> 13)
}

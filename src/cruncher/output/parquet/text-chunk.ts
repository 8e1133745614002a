import { ByteSink } from '../byte-sink.ts'
import type { OutputColumn } from '../columns.ts'
import type { ColumnChunk } from './column-chunk.ts'
import { bitWidth, putRuns } from './level-runs.ts'
import { type GroupRows, putPresence } from './group-rows.ts'
import { copyBytes, type TextColumn } from './text-column.ts'

const FIRST_BYTES = 65_536
/** So few texts are no shorter as numbers. */
const FEW = 4

/** Encodes columns of texts; what it gives is good until the next. */
export class TextChunks {
  readonly #data = new ByteSink(FIRST_BYTES)
  readonly #gathered = new ByteSink(FIRST_BYTES)
  /** Numbers of texts within the group, by their numbers in the column, of those of this `#stamp`. */
  #local = new Int32Array(0)
  #stamps = new Int32Array(0)
  #stamp = 0
  readonly #ids: Int32Array
  readonly #levels: Int32Array
  readonly #localIds: Int32Array
  /** The numbers in the column of the group's own texts, in order of appearance. */
  readonly #own: Int32Array

  constructor(mostRows: number) {
    this.#ids = new Int32Array(mostRows)
    this.#levels = new Int32Array(mostRows)
    this.#localIds = new Int32Array(mostRows)
    this.#own = new Int32Array(mostRows)
  }

  encode(column: OutputColumn, texts: TextColumn, rows: GroupRows): ColumnChunk {
    const present = this.#collect(texts, rows)
    const nulls = rows.count - present
    const data = this.#data
    data.length = 0
    putPresence(data, this.#levels, rows.count)
    const chunk = { column, rows: rows.count, nulls, bounds: undefined }
    if (rows.isWhole && texts.entries === present) {
      // Each row has its own text, and they lie as they must.
      data.reserve(texts.texts.length)
      data.putBytes(texts.texts.bytes.subarray(0, texts.texts.length))
      return { ...chunk, dictionary: undefined, data: used(data) }
    }
    const own = texts.isDictionary ? this.#findOwn(texts.entries, present) : present
    if (present <= FEW || 2 * own > present) {
      gather(data, texts, this.#ids, present)
      return { ...chunk, dictionary: undefined, data: used(data) }
    }
    const width = bitWidth(own - 1)
    data.reserve(1)
    data.putByte(width)
    putRuns(data, this.#localIds, present, width)
    this.#gathered.length = 0
    gather(this.#gathered, texts, this.#own, own)
    const dictionary = { entries: own, bytes: used(this.#gathered) }
    return { ...chunk, dictionary, data: used(data) }
  }

  /** Levels of all rows, and the texts' numbers of those that have one. */
  #collect(texts: TextColumn, { order, from, count }: GroupRows): number {
    const ids = this.#ids
    const levels = this.#levels
    let present = 0
    for (let i = 0; i < count; i++) {
      const id = texts.rows[order[from + i] ?? 0] ?? -1
      if (id < 0) {
        levels[i] = 0
      } else {
        levels[i] = 1
        ids[present++] = id
      }
    }
    return present
  }

  /** Numbers the texts of the group anew, from 0 without gaps. Says how many there are. */
  #findOwn(entries: number, present: number): number {
    if (this.#local.length < entries) {
      this.#local = new Int32Array(2 * entries)
      this.#stamps = new Int32Array(2 * entries)
    }
    const stamp = ++this.#stamp
    const local = this.#local
    const stamps = this.#stamps
    let own = 0
    for (let i = 0; i < present; i++) {
      const id = this.#ids[i] ?? 0
      if (stamps[id] !== stamp) {
        stamps[id] = stamp
        local[id] = own
        this.#own[own++] = id
      }
      this.#localIds[i] = local[id] ?? 0
    }
    return own
  }
}

/** Puts these texts, each behind its length. */
function gather(sink: ByteSink, column: TextColumn, ids: Int32Array, count: number): void {
  const { texts, ends } = column
  for (let i = 0; i < count; i++) {
    const id = ids[i] ?? 0
    const from = id === 0 ? 0 : (ends[id - 1] ?? 0)
    const to = ends[id] ?? 0
    sink.reserve(to - from)
    copyBytes(sink, texts, from, to)
  }
}

const used = (sink: ByteSink): Uint8Array => sink.bytes.subarray(0, sink.length)

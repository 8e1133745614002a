import { ByteSink } from '../byte-sink.ts'
import type { OutputColumn } from '../columns.ts'
import type { ColumnChunk } from './column-chunk.ts'
import { type GroupRows, putPresence } from './group-rows.ts'

const FIRST_BYTES = 65_536
const TWO_TO_32 = 2 ** 32
const WIDTH = { int32: 4, int64: 8, time: 8, double: 8 } as const
type NumberKind = keyof typeof WIDTH

/** Encodes columns of numbers, NaN where there is none; what it gives is good until the next. */
export class NumberChunks {
  readonly #data = new ByteSink(FIRST_BYTES)
  readonly #levels: Int32Array

  constructor(mostRows: number) {
    this.#levels = new Int32Array(mostRows)
  }

  encode(
    column: OutputColumn & { readonly kind: NumberKind },
    numbers: Float64Array,
    rows: GroupRows,
  ): ColumnChunk {
    const { order, from, count } = rows
    const levels = this.#levels
    let present = 0
    let least = Number.POSITIVE_INFINITY
    let greatest = Number.NEGATIVE_INFINITY
    for (let i = 0; i < count; i++) {
      const value = numbers[order[from + i] ?? 0] ?? Number.NaN
      const isThere = value === value ? 1 : 0
      levels[i] = isThere
      present += isThere
      if (value < least) least = value
      if (value > greatest) greatest = value
    }
    const data = this.#data
    data.length = 0
    putPresence(data, levels, count)
    data.reserve(present * WIDTH[column.kind])
    for (let i = 0; i < count; i++) {
      if (levels[i] === 1) put(data, column.kind, numbers[order[from + i] ?? 0] ?? 0)
    }
    return {
      column,
      rows: count,
      nulls: count - present,
      dictionary: undefined,
      data: data.bytes.subarray(0, data.length),
      bounds: present === 0 ? undefined : boundsOf(column.kind, least, greatest),
    }
  }
}

function put(sink: ByteSink, kind: NumberKind, value: number): void {
  const { view } = sink
  const at = sink.length
  if (kind === 'int32') {
    view.setInt32(at, value, true)
  } else if (kind === 'double') {
    view.setFloat64(at, value, true)
  } else {
    const high = Math.floor(value / TWO_TO_32)
    view.setInt32(at, value - high * TWO_TO_32, true)
    view.setInt32(at + 4, high, true)
  }
  sink.length = at + WIDTH[kind]
}

function boundsOf(kind: NumberKind, least: number, greatest: number): ColumnChunk['bounds'] {
  // -0 and 0 are equal: the least is told as -0, the greatest as 0, as the format wants it.
  return {
    least: bytesOf(kind, least === 0 && kind === 'double' ? -0 : least),
    greatest: bytesOf(kind, greatest === 0 ? 0 : greatest),
  }
}

function bytesOf(kind: NumberKind, value: number): Uint8Array {
  const sink = new ByteSink(WIDTH[kind])
  put(sink, kind, value)
  return sink.bytes.subarray(0, sink.length)
}

import type { ByteSink } from '../byte-sink.ts'
import { putVarint } from './thrift-writer.ts'

const GROUP = 8

/** Bits that numbers from 0 to `most` need. */
export function bitWidth(most: number): number {
  return 32 - Math.clz32(most)
}

/**
 * Puts numbers in Parquet's mix of runs and packed groups of eight: what is the same for eight numbers or
 * more is a run. The room is reserved here.
 * @see https://parquet.apache.org/docs/file-format/data-pages/encodings/#RLE
 */
export function putRuns(sink: ByteSink, values: Int32Array, count: number, width: number): void {
  sink.reserve(Math.ceil((count * width) / 8) + 2 * count + 64)
  let packedFrom = 0
  let i = 0
  while (i < count) {
    const value = values[i] ?? 0
    let end = i + 1
    while (end < count && values[end] === value) end++
    // Packed groups are whole but the last: a run gives what they lack.
    const lacks = (GROUP - ((i - packedFrom) % GROUP)) % GROUP
    if (end - i - lacks >= GROUP) {
      putPacked(sink, values.subarray(packedFrom, i + lacks), width)
      putRun(sink, end - i - lacks, value, width)
      packedFrom = end
    }
    i = end
  }
  putPacked(sink, values.subarray(packedFrom, count), width)
}

function putRun(sink: ByteSink, length: number, value: number, width: number): void {
  putVarint(sink, length * 2)
  for (let bits = 0; bits < width; bits += 8) sink.putByte((value >>> bits) & 0xff)
}

function putPacked(sink: ByteSink, values: Int32Array, width: number): void {
  if (values.length === 0) return
  const groups = Math.ceil(values.length / GROUP)
  putVarint(sink, groups * 2 + 1)
  const out = sink.bytes
  let at = sink.length
  let bits = 0
  let waiting = 0
  for (let i = 0; i < groups * GROUP; i++) {
    const value = i < values.length ? (values[i] ?? 0) : 0
    waiting |= value << bits
    bits += width
    while (bits >= 8) {
      out[at++] = waiting & 0xff
      waiting >>>= 8
      bits -= 8
    }
  }
  sink.length = at
}

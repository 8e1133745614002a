import type { Field } from '../../formats/csv.ts'
import { doubleText, singleText } from '../../formats/float-text.ts'
import { FLAG, PacketCursor, TYPE, type WireColumn } from './packets.ts'
import type { RowSink } from './result.ts'
import { readerOf } from './value-reader.ts'

const BATCH_BYTES = 1_000_000

/**
 * Gathers the rows of a prepared statement as text, field by field.
 * @see https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_binary_resultset.html
 */
export class BinaryRows implements RowSink<readonly (readonly Field[])[]> {
  readonly long = undefined
  readonly #columns: readonly WireColumn[]
  #rows: Field[][] = []
  #bytes = 0

  constructor(columns: readonly WireColumn[]) {
    this.#columns = columns
  }

  get isFull(): boolean {
    return this.#bytes >= BATCH_BYTES
  }

  add(buffer: Buffer, start: number, end: number): void {
    const nulls = start + 1
    const cursor = new PacketCursor(buffer, nulls + ((this.#columns.length + 9) >> 3))
    this.#rows.push(
      this.#columns.map((column, index) => {
        const bit = index + 2
        const isNull = ((buffer.readUInt8(nulls + (bit >> 3)) >> (bit & 7)) & 1) === 1
        return isNull ? null : readValue(cursor, column)
      }),
    )
    this.#bytes += end - start
  }

  take(): readonly (readonly Field[])[] | undefined {
    if (this.#rows.length === 0) return undefined
    const rows = this.#rows
    this.#rows = []
    this.#bytes = 0
    return rows
  }
}

function readValue(cursor: PacketCursor, column: WireColumn): Field {
  const { buffer, at } = cursor
  const isUnsigned = (column.flags & FLAG.unsigned) !== 0
  switch (column.type) {
    case TYPE.tiny:
      cursor.at += 1
      return String(isUnsigned ? buffer.readUInt8(at) : buffer.readInt8(at))
    case TYPE.short:
    case TYPE.year:
      cursor.at += 2
      return String(isUnsigned ? buffer.readUInt16LE(at) : buffer.readInt16LE(at))
    case TYPE.long:
    case TYPE.int24:
      cursor.at += 4
      return String(isUnsigned ? buffer.readUInt32LE(at) : buffer.readInt32LE(at))
    case TYPE.longlong:
      cursor.at += 8
      return String(isUnsigned ? buffer.readBigUInt64LE(at) : buffer.readBigInt64LE(at))
    case TYPE.float:
      cursor.at += 4
      return singleText(buffer.readFloatLE(at))
    case TYPE.double:
      cursor.at += 8
      return doubleText(buffer.readDoubleLE(at))
    case TYPE.date:
    case TYPE.datetime:
    case TYPE.timestamp:
    case TYPE.time: {
      const bytes = buffer.readUInt8(at)
      cursor.at += 1 + bytes
      const value = buffer.subarray(at + 1, cursor.at)
      return column.type === TYPE.time ? timeText(value, column) : momentText(value, column)
    }
    default: {
      const bytes = cursor.length()
      cursor.at += bytes
      return readerOf(column).convert(buffer, cursor.at - bytes, cursor.at)
    }
  }
}

const two = (number: number): string => String(number).padStart(2, '0')

/** What is not sent is zero. */
const microsecondsText = (value: Buffer, at: number, decimals: number): string => {
  if (decimals === 0 || decimals > 6) return ''
  const microseconds = value.length > at ? value.readUInt32LE(at) : 0
  return `.${String(microseconds).padStart(6, '0').slice(0, decimals)}`
}

function momentText(value: Buffer, { type, decimals }: WireColumn): string {
  const year = value.length > 0 ? value.readUInt16LE(0) : 0
  const date = `${String(year).padStart(4, '0')}-${two(value[2] ?? 0)}-${two(value[3] ?? 0)}`
  if (type === TYPE.date) return date
  const time = `${two(value[4] ?? 0)}:${two(value[5] ?? 0)}:${two(value[6] ?? 0)}`
  return `${date} ${time}${microsecondsText(value, 7, decimals)}`
}

function timeText(value: Buffer, { decimals }: WireColumn): string {
  const days = value.length > 0 ? value.readUInt32LE(1) : 0
  const hours = days * 24 + (value[5] ?? 0)
  const sign = value[0] === 1 ? '-' : ''
  const time = `${two(hours)}:${two(value[6] ?? 0)}:${two(value[7] ?? 0)}`
  return sign + time + microsecondsText(value, 8, decimals)
}

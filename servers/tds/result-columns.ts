/**
 * DuckDB's results as columns and rows of TDS: for each of DuckDB's types that T-SQL has, how it is
 * described (TYPE_INFO) and how a value of it is written. @see MS-TDS 2.2.5.4 to 2.2.5.6
 */
import {
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalType,
  DuckDBDecimalValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBTimeValue,
  type DuckDBType,
  DuckDBTypeId,
  type DuckDBValue,
} from '@duckdb/node-api'
import type { ByteWriter } from './bytes.ts'
import { Fault } from './fault.ts'
import { COLLATION } from './tokens.ts'

const COLUMN_METADATA = 0x81
const ROW = 0xd1
const NULLABLE = 0x0009 // nullable, and may be updated
const MAX_LENGTH = 0xffff
const PLP_NULL = 0xffff_ffff_ffff_ffffn
const PLP_CHUNK_BYTES = 1 << 20
/** From 0001-01-01 to 1970-01-01. */
const EPOCH_DAYS = 719_162
const MICROS_A_DAY = 86_400_000_000n

export interface ResultColumn {
  /** TYPE_INFO. */
  describe(writer: ByteWriter): void
  /** A value that is not NULL. */
  write(writer: ByteWriter, value: DuckDBValue): void
  writeNull(writer: ByteWriter): void
}

export function writeColumns(
  writer: ByteWriter,
  names: readonly string[],
  columns: readonly ResultColumn[],
): void {
  writer.u8(COLUMN_METADATA).u16(columns.length)
  for (const [index, column] of columns.entries()) {
    writer.u32(0).u16(NULLABLE)
    column.describe(writer)
    writer.shortText(names[index] ?? '')
  }
}

export function writeRow(
  writer: ByteWriter,
  row: readonly DuckDBValue[],
  columns: readonly ResultColumn[],
): void {
  writer.u8(ROW)
  for (const [index, column] of columns.entries()) {
    const value = row[index] ?? null
    if (value === null) column.writeNull(writer)
    else column.write(writer, value)
  }
}

/** @throws Fault for a type that T-SQL has no counterpart of */
export function resultColumn(type: DuckDBType): ResultColumn {
  switch (type.typeId) {
    case DuckDBTypeId.BOOLEAN:
      return fixed(0x68, 1, (writer, value) => writer.u8(value === true ? 1 : 0))
    case DuckDBTypeId.UTINYINT:
      return integer(1)
    case DuckDBTypeId.TINYINT:
    case DuckDBTypeId.SMALLINT:
      return integer(2)
    case DuckDBTypeId.USMALLINT:
    case DuckDBTypeId.INTEGER:
    case DuckDBTypeId.SQLNULL:
      return integer(4)
    case DuckDBTypeId.UINTEGER:
    case DuckDBTypeId.BIGINT:
      return integer(8)
    case DuckDBTypeId.HUGEINT:
    case DuckDBTypeId.UBIGINT:
      return decimal(38, 0)
    case DuckDBTypeId.FLOAT:
      return fixed(0x6d, 4, (writer, value) => writer.f32(Number(value)))
    case DuckDBTypeId.DOUBLE:
      return fixed(0x6d, 8, (writer, value) => writer.f64(Number(value)))
    case DuckDBTypeId.DECIMAL:
      if (!(type instanceof DuckDBDecimalType)) break
      return decimal(type.width, type.scale)
    case DuckDBTypeId.UUID:
      return fixed(0x24, 16, (writer, value) => writer.bytes(guidBytes(String(value))))
    case DuckDBTypeId.DATE:
    case DuckDBTypeId.TIME:
    case DuckDBTypeId.TIMESTAMP:
    case DuckDBTypeId.TIMESTAMP_TZ:
      return moment(type.typeId)
    case DuckDBTypeId.VARCHAR:
      return long(0xe7, value => Buffer.from(String(value), 'ucs2'))
    case DuckDBTypeId.BLOB:
      return long(0xa5, value => as(value, DuckDBBlobValue).bytes)
    default:
  }
  throw new Fault(206, `a column of type ${String(type)} has no counterpart in T-SQL`)
}

function fixed(
  token: number,
  bytes: number,
  write: (writer: ByteWriter, value: DuckDBValue) => void,
): ResultColumn {
  return {
    describe: writer => void writer.u8(token).u8(bytes),
    write: (writer, value) => write(writer.u8(bytes), value),
    writeNull: writer => void writer.u8(0),
  }
}

function integer(bytes: 1 | 2 | 4 | 8): ResultColumn {
  return fixed(0x26, bytes, (writer, value) => {
    writer.unsigned(BigInt.asUintN(8 * bytes, BigInt(value as number | bigint)), bytes) // an integer's value
  })
}

/** A byte of length, a byte of sign, and the digits as a number of 4, 8, 12 or 16 bytes. */
function decimal(precision: number, scale: number): ResultColumn {
  const bytes = precision <= 9 ? 4 : precision <= 19 ? 8 : precision <= 28 ? 12 : 16
  return {
    describe: writer =>
      void writer
        .u8(0x6a)
        .u8(bytes + 1)
        .u8(precision)
        .u8(scale),
    write: (writer, value) => {
      const digits = value instanceof DuckDBDecimalValue ? value.value : (value as bigint) // or a HUGEINT
      const magnitude = digits < 0n ? -digits : digits
      if (magnitude >= 10n ** BigInt(precision)) throw new Fault(8115, 'Arithmetic overflow error')
      writer
        .u8(bytes + 1)
        .u8(digits < 0n ? 0 : 1)
        .unsigned(magnitude, bytes)
    },
    writeNull: writer => void writer.u8(0),
  }
}

function moment(kind: DuckDBTypeId): ResultColumn {
  const writeNull = (writer: ByteWriter): void => void writer.u8(0)
  const day = (micros: bigint): bigint =>
    (micros - (((micros % MICROS_A_DAY) + MICROS_A_DAY) % MICROS_A_DAY)) / MICROS_A_DAY
  /** Tenths of microseconds since midnight (scale 7: five bytes), then days since 0001-01-01. */
  const timeAndDay = (writer: ByteWriter, micros: bigint): ByteWriter =>
    writer
      .unsigned((micros - day(micros) * MICROS_A_DAY) * 10n, 5)
      .unsigned(day(micros) + BigInt(EPOCH_DAYS), 3)
  switch (kind) {
    case DuckDBTypeId.DATE:
      return {
        describe: writer => void writer.u8(0x28),
        write: (writer, value) =>
          void writer.u8(3).unsigned(BigInt(as(value, DuckDBDateValue).days + EPOCH_DAYS), 3),
        writeNull,
      }
    case DuckDBTypeId.TIME:
      return {
        describe: writer => void writer.u8(0x29).u8(7),
        write: (writer, value) =>
          void writer.u8(5).unsigned(as(value, DuckDBTimeValue).micros * 10n, 5),
        writeNull,
      }
    case DuckDBTypeId.TIMESTAMP:
      return {
        describe: writer => void writer.u8(0x2a).u8(7),
        write: (writer, value) =>
          void timeAndDay(writer.u8(8), as(value, DuckDBTimestampValue).micros),
        writeNull,
      }
    default:
      return {
        describe: writer => void writer.u8(0x2b).u8(7),
        // In UTC, with the offset that it is to be shown with: DuckDB keeps none, so it is zero.
        write: (writer, value) =>
          void timeAndDay(writer.u8(10), as(value, DuckDBTimestampTZValue).micros).u16(0),
        writeNull,
      }
  }
}

/** nvarchar(max) and varbinary(max): a length, pieces, and a piece of no bytes. */
function long(token: 0xe7 | 0xa5, bytesOf: (value: DuckDBValue) => Uint8Array): ResultColumn {
  return {
    describe: writer => {
      writer.u8(token).u16(MAX_LENGTH)
      if (token === 0xe7) writer.bytes(COLLATION)
    },
    write: (writer, value) => {
      const bytes = bytesOf(value)
      writer.u64(BigInt(bytes.length))
      for (let at = 0; at < bytes.length; at += PLP_CHUNK_BYTES) {
        const piece = bytes.subarray(at, at + PLP_CHUNK_BYTES)
        writer.u32(piece.length).bytes(piece)
      }
      writer.u32(0)
    },
    writeNull: writer => void writer.u64(PLP_NULL),
  }
}

/** The first three groups come in little-endian order. */
function guidBytes(text: string): Buffer {
  const [a = '', b = '', c = '', d = '', e = ''] = text.split('-')
  const little = [a, b, c].map(group => Buffer.from(group, 'hex').reverse())
  return Buffer.concat([...little, Buffer.from(d + e, 'hex')])
}

function as<Kind>(value: DuckDBValue, kind: new (...args: never[]) => Kind): Kind {
  if (value instanceof kind) return value
  throw new Error(`${kind.name} expected, not ${String(value)}`)
}

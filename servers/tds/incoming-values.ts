/**
 * Values that clients send: in bulk loads and as parameters. Each becomes its text, which DuckDB casts
 * to the type of the column. @see MS-TDS 2.2.5.4 and 2.2.5.5
 */
import { ByteReader } from './bytes.ts'
import { Fault } from './fault.ts'

/** Reads one value; null is NULL. */
export type ReadValue = (reader: ByteReader) => string | null

const MAX_LENGTH = 0xffff
const PLP_NULL = 0xffff_ffff_ffff_ffffn
const NULL_LENGTH = 0xffff

/** Reads TYPE_INFO and tells how its values are read. `isColumn`: of COLMETADATA, not of a parameter. */
export function readTypeInfo(reader: ByteReader, isColumn: boolean): ReadValue {
  const token = reader.u8()
  const fixed = FIXED[token]
  if (fixed !== undefined) return values => fixed(values.bytes(FIXED_BYTES[token] ?? 0))
  const variable = VARIABLE[token]
  if (variable !== undefined) {
    reader.u8() // the longest, which says the size of a value that is not NULL
    return byteCounted(variable)
  }
  switch (token) {
    case 0x6a: // decimal
    case 0x6c: {
      reader.bytes(2)
      const scale = reader.u8()
      return byteCounted(bytes => decimalText(bytes, scale))
    }
    case 0x28:
      return byteCounted(bytes => dayText(new ByteReader(bytes).unsigned(3)))
    case 0x29: {
      const scale = reader.u8()
      return byteCounted(bytes => timeText(bytes, scale))
    }
    case 0x2a: {
      const scale = reader.u8()
      return byteCounted(bytes => momentText(bytes, scale))
    }
    case 0x2b: {
      const scale = reader.u8()
      return byteCounted(bytes => `${momentText(bytes.subarray(0, -2), scale)}+00`)
    }
    case 0xa5: // varbinary
    case 0xad:
      return wordCounted(reader.u16(), blobText)
    case 0xa7: // varchar
    case 0xaf: {
      const length = reader.u16()
      reader.bytes(5)
      return wordCounted(length, bytes => bytes.toString('utf8'))
    }
    case 0xe7: // nvarchar
    case 0xef: {
      const length = reader.u16()
      reader.bytes(5)
      return wordCounted(length, bytes => bytes.toString('ucs2'))
    }
    case 0x22: // image, text, ntext: behind a pointer
    case 0x23:
    case 0x63: {
      reader.u32()
      if (token !== 0x22) reader.bytes(5)
      if (isColumn) for (let parts = reader.u8(); parts > 0; parts -= 1) reader.longText()
      const text = token === 0x22 ? blobText : utf(token === 0x63 ? 'ucs2' : 'utf8')
      return values => {
        const pointer = values.u8()
        if (pointer === 0) return null
        values.bytes(pointer + 8)
        return text(values.bytes(values.u32()))
      }
    }
    default:
      throw new Fault(4002, `values of type 0x${token.toString(16)} are not known here`)
  }
}

const utf =
  (encoding: 'ucs2' | 'utf8') =>
  (bytes: Buffer): string =>
    bytes.toString(encoding)

const byteCounted =
  (text: (bytes: Buffer) => string): ReadValue =>
  reader => {
    const length = reader.u8()
    return length === 0 ? null : text(reader.bytes(length))
  }

/** A length of two bytes, or pieces where the type is (max). */
function wordCounted(longest: number, text: (bytes: Buffer) => string): ReadValue {
  if (longest !== MAX_LENGTH) {
    return reader => {
      const length = reader.u16()
      return length === NULL_LENGTH ? null : text(reader.bytes(length))
    }
  }
  return reader => {
    if (reader.u64() === PLP_NULL) return null
    const pieces: Buffer[] = []
    for (let length = reader.u32(); length > 0; length = reader.u32()) {
      pieces.push(reader.bytes(length))
    }
    return text(Buffer.concat(pieces))
  }
}

const FIXED_BYTES: Readonly<Record<number, number>> = {
  0x30: 1,
  0x32: 1,
  0x34: 2,
  0x38: 4,
  0x3a: 4,
  0x3b: 4,
  0x3c: 8,
  0x3d: 8,
  0x3e: 8,
  0x7a: 4,
  0x7f: 8,
}

const integerText = (bytes: Buffer): string =>
  bytes.length === 1 // tinyint has no sign
    ? String(bytes.readUInt8(0))
    : String(BigInt.asIntN(8 * bytes.length, new ByteReader(bytes).unsigned(bytes.length)))
const bitText = (bytes: Buffer): string => (bytes.readUInt8(0) === 0 ? 'false' : 'true')
const floatText = (bytes: Buffer): string =>
  bytes.length === 4 ? String(bytes.readFloatLE(0)) : String(bytes.readDoubleLE(0))

function moneyText(bytes: Buffer): string {
  const units =
    bytes.length === 4
      ? BigInt(bytes.readInt32LE(0))
      : (BigInt(bytes.readInt32LE(0)) << 32n) | BigInt(bytes.readUInt32LE(4))
  return scaled(units, 4)
}

/** Days since 1900 and 300ths of a second, or (smalldatetime) minutes. */
function dateTimeText(bytes: Buffer): string {
  const isSmall = bytes.length === 4
  const days = isSmall ? bytes.readUInt16LE(0) : bytes.readInt32LE(0)
  const ms = isSmall ? bytes.readUInt16LE(2) * 60_000 : Math.round((bytes.readUInt32LE(4) * 10) / 3)
  return new Date(Date.UTC(1900, 0, 1 + days) + ms).toISOString().replace('T', ' ').slice(0, -1)
}

const FIXED: Readonly<Record<number, (bytes: Buffer) => string>> = {
  0x30: integerText,
  0x32: bitText,
  0x34: integerText,
  0x38: integerText,
  0x3a: dateTimeText,
  0x3b: floatText,
  0x3c: moneyText,
  0x3d: dateTimeText,
  0x3e: floatText,
  0x7a: moneyText,
  0x7f: integerText,
}

const VARIABLE: Readonly<Record<number, (bytes: Buffer) => string>> = {
  0x24: guidText,
  0x26: integerText,
  0x68: bitText,
  0x6d: floatText,
  0x6e: moneyText,
  0x6f: dateTimeText,
}

function guidText(bytes: Buffer): string {
  const hex = (from: number, to: number, isLittle: boolean): string => {
    const part = Buffer.from(bytes.subarray(from, to))
    return (isLittle ? part.reverse() : part).toString('hex')
  }
  return [
    hex(0, 4, true),
    hex(4, 6, true),
    hex(6, 8, true),
    hex(8, 10, false),
    hex(10, 16, false),
  ].join('-')
}

/** As DuckDB reads bytes from a text. */
const blobText = (bytes: Buffer): string =>
  bytes.toString('hex').replaceAll(/../g, pair => `\\x${pair}`)

function decimalText(bytes: Buffer, scale: number): string {
  const magnitude = new ByteReader(bytes, 1).unsigned(bytes.length - 1)
  return scaled(bytes.readUInt8(0) === 0 ? -magnitude : magnitude, scale)
}

function scaled(units: bigint, scale: number): string {
  const digits = String(units < 0n ? -units : units).padStart(scale + 1, '0')
  const cut = digits.length - scale
  const text = scale === 0 ? digits : `${digits.slice(0, cut)}.${digits.slice(cut)}`
  return units < 0n ? `-${text}` : text
}

function dayText(days: bigint): string {
  const date = new Date(Date.UTC(2000, 0, 1) + (Number(days) - 730_119) * 86_400_000)
  return date.toISOString().slice(0, 10)
}

function timeText(bytes: Buffer, scale: number): string {
  const units = new ByteReader(bytes).unsigned(bytes.length)
  const perSecond = 10n ** BigInt(scale)
  const seconds = Number(units / perSecond)
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0')
  const fraction = scale === 0 ? '' : `.${String(units % perSecond).padStart(scale, '0')}`
  return `${two(seconds / 3_600)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}${fraction}`
}

function momentText(bytes: Buffer, scale: number): string {
  const day = new ByteReader(bytes, bytes.length - 3).unsigned(3)
  return `${dayText(day)} ${timeText(bytes.subarray(0, -3), scale)}`
}

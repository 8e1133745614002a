/**
 * Values as tedious reads them lose digits: decimals and money become floating point numbers, moments
 * become dates of whole milliseconds. Here such a value is read into its text instead
 * (formats/column-type.ts). tedious asks its module for the function at each value, so that ours can
 * take its place; what is not named here is still read by its own.
 * @see MS-TDS 2.2.5.5 for the layout of values
 */
import { NotEnoughDataError, Result, valueParser } from './sdk.ts'

type ReadValue = typeof valueParser.readValue
type Metadata = Parameters<ReadValue>[2]

const original: ReadValue = valueParser.readValue

const exactReadValue: ReadValue = (buffer, offset, metadata, options) => {
  const layout = LAYOUTS[metadata.type.name]
  if (layout === undefined) return original(buffer, offset, metadata, options)
  const counted = layout.bytes === undefined
  const start = counted ? offset + 1 : offset
  if (buffer.length < start) throw new NotEnoughDataError(start)
  const length = layout.bytes ?? buffer.readUInt8(offset)
  if (counted && length === 0) return new Result<unknown>(null, start)
  const end = start + length
  if (buffer.length < end) throw new NotEnoughDataError(end)
  return new Result<unknown>(layout.read(buffer.subarray(start, end), metadata), end)
}

/** Once for the process: whoever uses tedious in it gets exact texts. */
export function readValuesExactly(): void {
  Object.assign(valueParser, { readValue: exactReadValue })
}

interface Layout {
  /** How many; undefined where a byte before says so, and 0 is NULL. */
  readonly bytes?: number
  readonly read: (bytes: Buffer, metadata: Metadata) => string | number
}

const LAYOUTS: Readonly<Record<string, Layout>> = {
  DecimalN: { read: decimal },
  NumericN: { read: decimal },
  MoneyN: { read: money },
  Money: { bytes: 8, read: money },
  SmallMoney: { bytes: 4, read: money },
  FloatN: { read: float },
  Real: { bytes: 4, read: float },
  Date: { read: bytes => day(bytes, 0) },
  Time: { read: (bytes, { scale }) => time(bytes, scale ?? 7) },
  DateTime2: { read: (bytes, { scale }) => moment(bytes, scale ?? 7) },
  DateTimeOffset: { read: (bytes, { scale }) => momentWithOffset(bytes, scale ?? 7) },
  DateTimeN: { read: dateTime },
  DateTime: { bytes: 8, read: dateTime },
  SmallDateTime: { bytes: 4, read: dateTime },
}

/** Digits of a whole number with a point before the last `scale` of them. */
function withPoint(digits: bigint, scale: number): string {
  const magnitude = String(digits < 0n ? -digits : digits).padStart(scale + 1, '0')
  const cut = magnitude.length - scale
  const text = scale === 0 ? magnitude : `${magnitude.slice(0, cut)}.${magnitude.slice(cut)}`
  return digits < 0n ? `-${text}` : text
}

/** A byte of sign (1 is plus), then the digits as a number of 4, 8, 12 or 16 bytes. */
function decimal(bytes: Buffer, { scale }: Metadata): string {
  let magnitude = 0n
  for (let at = bytes.length - 4; at >= 1; at -= 4) {
    magnitude = (magnitude << 32n) | BigInt(bytes.readUInt32LE(at))
  }
  return withPoint(bytes.readUInt8(0) === 1 ? magnitude : -magnitude, scale ?? 0)
}

/** Ten-thousandths; of eight bytes the upper four come first. */
function money(bytes: Buffer): string {
  if (bytes.length === 4) return withPoint(BigInt(bytes.readInt32LE(0)), 4)
  return withPoint((BigInt(bytes.readInt32LE(0)) << 32n) | BigInt(bytes.readUInt32LE(4)), 4)
}

/** A real as the number of the fewest digits that is the same real: 0.1, not 0.10000000149011612. */
function float(bytes: Buffer): number {
  if (bytes.length === 8) return bytes.readDoubleLE(0)
  const value = bytes.readFloatLE(0)
  for (let digits = 6; digits < 9; digits += 1) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value) return short
  }
  return Number(value.toPrecision(9))
}

const two = (value: number): string => String(value).padStart(2, '0')

/** Days since 0001-01-01, in three bytes. */
function day(bytes: Buffer, at: number): string {
  return dayText(bytes.readUIntLE(at, 3))
}

const DAYS_TO_1970 = 719_162
const DAYS_TO_1900 = 693_595
const DAY_MS = 86_400_000

function dayText(days: number): string {
  const date = new Date((days - DAYS_TO_1970) * DAY_MS)
  const year = String(date.getUTCFullYear()).padStart(4, '0')
  return `${year}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`
}

/** Units of 10^-scale seconds since midnight, in three to five bytes. */
function time(bytes: Buffer, scale: number): string {
  return timeText(bytes.readUIntLE(0, bytes.length), scale)
}

function timeText(units: number, scale: number): string {
  const perSecond = 10 ** scale
  const seconds = Math.floor(units / perSecond)
  const fraction = String(units % perSecond)
    .padStart(scale, '0')
    .replace(/0+$/, '')
  const clock = `${two(Math.floor(seconds / 3_600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
  return units % perSecond === 0 ? clock : `${clock}.${fraction}`
}

/** The time, then the day. */
function moment(bytes: Buffer, scale: number): string {
  const timeBytes = bytes.length - 3
  return `${day(bytes, timeBytes)} ${time(bytes.subarray(0, timeBytes), scale)}`
}

/** Time and day in UTC, then minutes of offset, by which they are shown: `2026-03-01 12:00:00+02:00`. */
function momentWithOffset(bytes: Buffer, scale: number): string {
  const timeBytes = bytes.length - 5
  const perDay = 86_400 * 10 ** scale
  const offset = bytes.readInt16LE(bytes.length - 2)
  const units = bytes.readUIntLE(0, timeBytes) + offset * 60 * 10 ** scale
  const days = bytes.readUIntLE(timeBytes, 3) + Math.floor(units / perDay)
  const minutes = Math.abs(offset)
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
  return `${dayText(days)} ${timeText(((units % perDay) + perDay) % perDay, scale)}${zone}`
}

/** Days since 1900 and 300ths of a second, shown as milliseconds; smalldatetime counts minutes. */
function dateTime(bytes: Buffer): string {
  const isSmall = bytes.length === 4
  const days = isSmall ? bytes.readUInt16LE(0) : bytes.readInt32LE(0)
  const ms = isSmall ? bytes.readUInt16LE(2) * 60_000 : Math.round((bytes.readUInt32LE(4) * 10) / 3)
  return `${dayText(days + DAYS_TO_1900)} ${timeText(ms, 3)}`
}

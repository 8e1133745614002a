/**
 * Types of columns of a bulk load that take the texts of formats/column-type.ts. tedious reads
 * decimals as floating point numbers and moments as whole milliseconds, so those are written here.
 * @see MS-TDS 2.2.5.5
 */
import { FerryError } from '../../core/errors.ts'
import { TYPES } from './sdk.ts'

type BulkType = Parameters<import('./sdk.ts').BulkLoad['addColumn']>[1]
type WriteValue = BulkType['writeValue']
type Target = Parameters<WriteValue>[0]
type Value = Parameters<WriteValue>[1]

export interface BulkColumn {
  readonly type: BulkType
  readonly length?: number
  readonly precision?: number
  readonly scale?: number
  /** What the driver is given for a text. @throws FerryError DATA_INVALID */
  readonly valueOf: (text: string) => unknown
}

/** `native` is a type that column-types.ts writes. */
export function bulkColumn(native: string): BulkColumn {
  const [, name = native, first, second] = /^(\w+)\((\w+)(?:,\s*(\d+))?\)$/.exec(native) ?? []
  const same = (text: string): unknown => text
  switch (name) {
    case 'bit':
      return { type: TYPES.Bit, valueOf: text => text === 't' || text === 'true' }
    case 'smallint':
      return { type: TYPES.SmallInt, valueOf: wholeNumber(-(2 ** 15), 2 ** 15 - 1) }
    case 'int':
      return { type: TYPES.Int, valueOf: wholeNumber(-(2 ** 31), 2 ** 31 - 1) }
    case 'bigint':
      return { type: TYPES.BigInt, valueOf: text => bigNumber(text) }
    case 'real':
      return { type: TYPES.Real, valueOf: text => float(text) }
    case 'float':
      return { type: TYPES.Float, valueOf: text => float(text) }
    case 'decimal': {
      const precision = Number(first)
      const scale = Number(second)
      const type = { ...TYPES.Decimal, validate: keep, writeValue: decimalWriter(precision) }
      return { type, precision, scale, valueOf: text => decimal(text, precision, scale) }
    }
    case 'date':
      return { type: { ...TYPES.Date, validate: keep, writeValue: writeBytes }, valueOf: dayBytes }
    case 'time':
    case 'datetime2':
    case 'datetimeoffset':
      return moment(name, Number(first))
    case 'uniqueidentifier':
      return { type: TYPES.UniqueIdentifier, valueOf: uuid }
    case 'varbinary':
      return { type: TYPES.VarBinary, length: lengthOf(first), valueOf: bytes }
    default:
      return { type: TYPES.NVarChar, length: lengthOf(first), valueOf: same }
  }
}

const lengthOf = (text: string | undefined): number => (text === 'max' ? Infinity : Number(text))

const keep = (value: unknown): unknown => value ?? null

function wrong(text: string, what: string): FerryError {
  return new FerryError('DATA_INVALID', `\`${text}\` is not ${what}`)
}

function wholeNumber(least: number, most: number): (text: string) => number {
  return text => {
    const value = Number(text)
    if (/^-?\d+$/.test(text) && value >= least && value <= most) return value
    throw wrong(text, `a whole number from ${least} to ${most}`)
  }
}

function bigNumber(text: string): bigint {
  if (/^-?\d+$/.test(text)) {
    const value = BigInt(text)
    if (BigInt.asIntN(64, value) === value) return value
  }
  throw wrong(text, 'a whole number of 64 bits')
}

function float(text: string): number {
  const value = Number(text)
  if (text !== '' && Number.isFinite(value)) return value
  throw wrong(text, 'a number of SQL Server')
}

/** The digits as a whole number, with as many behind the point as the column has. */
function decimal(text: string, precision: number, scale: number): bigint {
  const [, sign, whole = '', fraction = ''] = /^(-?)(\d+)(?:\.(\d*))?$/.exec(text) ?? []
  if (sign !== undefined && /^0*$/.test(fraction.slice(scale))) {
    const digits = BigInt(whole + fraction.slice(0, scale).padEnd(scale, '0'))
    if (digits < 10n ** BigInt(precision)) return sign === '-' ? -digits : digits
  }
  throw wrong(text, `a decimal(${precision},${scale})`)
}

function decimalWriter(precision: number): WriteValue {
  const bytes = precision <= 9 ? 4 : precision <= 19 ? 8 : precision <= 28 ? 12 : 16
  return (target: Target, { value }: Value) => {
    if (typeof value !== 'bigint') {
      target.writeUInt8(0)
      return
    }
    target.writeUInt8(bytes + 1)
    target.writeUInt8(value < 0n ? 0 : 1)
    let rest = value < 0n ? -value : value
    for (let at = 0; at < bytes; at += 4) {
      target.writeUInt32LE(Number(rest & 0xffff_ffffn))
      rest >>= 32n
    }
  }
}

/** Bytes of a value, with one before that counts them; none is NULL. */
const writeBytes: WriteValue = (target: Target, { value }: Value) => {
  const data = Buffer.isBuffer(value) ? value : Buffer.alloc(0)
  target.writeUInt8(data.length)
  if (data.length > 0) target.writeBuffer(data)
}

const DAYS_TO_1970 = 719_162
const DAY_MS = 86_400_000

function dayBytes(text: string): Buffer {
  const ms = Date.parse(`${text}T00:00:00Z`)
  const days = ms / DAY_MS + DAYS_TO_1970
  // A 30th of February would be read as a day of March.
  const isDay = days >= 0 && new Date(ms).toISOString().slice(0, 10) === text
  if (!isDay) throw wrong(text, 'a date of SQL Server')
  const data = Buffer.alloc(3)
  data.writeUIntLE(days, 0, 3)
  return data
}

const CLOCK = /^([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.(\d+))?$/

/** Units of 10^-scale seconds since midnight. */
function timeBytes(text: string, scale: number): Buffer {
  const [, hours = '', minutes = '', seconds = '', fraction = ''] = CLOCK.exec(text) ?? []
  const isWhole = /^0*$/.test(fraction.slice(scale))
  if (hours === '' || !isWhole) throw wrong(text, `a time(${scale})`)
  const whole = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)
  const length = scale <= 2 ? 3 : scale <= 4 ? 4 : 5
  const data = Buffer.alloc(length)
  data.writeUIntLE(Number(`${whole}${fraction.slice(0, scale).padEnd(scale, '0')}`), 0, length)
  return data
}

const NO_OFFSET = Buffer.alloc(2)

function moment(name: 'time' | 'datetime2' | 'datetimeoffset', scale: number): BulkColumn {
  const types = {
    time: TYPES.Time,
    datetime2: TYPES.DateTime2,
    datetimeoffset: TYPES.DateTimeOffset,
  }
  const type = { ...types[name], validate: keep, writeValue: writeBytes }
  if (name === 'time') return { type, scale, valueOf: text => timeBytes(text, scale) }
  const zone = name === 'datetimeoffset' ? [NO_OFFSET] : []
  return {
    type,
    scale,
    valueOf: text => {
      const [day = '', time = ''] = text.split(' ')
      const clock = name === 'datetimeoffset' ? time.replace(/\+00$/, '') : time // in UTC
      return Buffer.concat([timeBytes(clock, scale), dayBytes(day), ...zone])
    },
  }
}

function uuid(text: string): string {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) return text
  throw wrong(text, 'a uniqueidentifier')
}

function bytes(text: string): Buffer {
  if (/^\\x([0-9a-f]{2})*$/i.test(text)) return Buffer.from(text.slice(2), 'hex')
  throw wrong(text, 'bytes (\\x and hexadecimal digits)')
}

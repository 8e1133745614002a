import type { ColumnType } from '../formats/column-type.ts'

/**
 * Why a text is none of a value of the type (formats/column-type.ts), or undefined when it is one.
 * Only asked when an engine refused a file, to find the rows that it meant.
 */
export function refuseText(type: ColumnType, text: string): string | undefined {
  switch (type.kind) {
    case 'boolean':
      return /^[tf]$/.test(text) ? undefined : not(text, 'a boolean')
    case 'integer':
      return refuseInteger(type.bits, text)
    case 'decimal':
      return refuseDecimal(type, text)
    case 'float':
      return FLOAT.test(text) ? refuseFloat(type.bits, text) : not(text, 'a number')
    case 'text': {
      const { length = Number.POSITIVE_INFINITY } = type
      const characters = text.length <= length ? 0 : charactersOf(text)
      if (characters <= length) return undefined
      return `it has ${characters} characters, and ${length} are allowed`
    }
    case 'bytes':
      return /^\\x([0-9a-f]{2})*$/i.test(text) ? undefined : not(text, 'hexadecimal bytes')
    case 'date':
      return isDate(text) ? undefined : not(text, 'a date')
    case 'time':
      return TIME[type.zone ? 'zoned' : 'plain'].test(text) ? undefined : not(text, 'a time')
    case 'timestamp':
      return isTimestamp(text, type.zone) ? undefined : not(text, 'a time stamp')
    case 'uuid':
      return UUID.test(text) ? undefined : not(text, 'a UUID')
    case 'json':
      return isJson(text) ? undefined : not(text, 'JSON')
    case 'interval':
    case 'other':
      return undefined
    default:
      return type satisfies never
  }
}

const LONGEST_QUOTE = 60
const DIGITS = '(?:[01]\\d|2[0-3]):[0-5]\\d:(?:[0-5]\\d|60)(?:\\.\\d{1,9})?|24:00:00'
const TIME = {
  plain: new RegExp(`^(?:${DIGITS})$`),
  zoned: new RegExp(`^(?:${DIGITS})[+-]\\d\\d(?::\\d\\d){0,2}$`),
}
const FLOAT = /^(?:[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|NaN|-?Infinity)$/
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Code points, as engines count. */
const charactersOf = (text: string): number =>
  text.replaceAll(/[\ud800-\udbff][\udc00-\udfff]/g, 'x').length

function not(text: string, what: string): string {
  const shown = text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}...` : text
  return `\`${shown}\` is not ${what}`
}

function refuseInteger(bits: number, text: string): string | undefined {
  if (!/^-?\d+$/.test(text)) return not(text, 'a whole number')
  const limit = 1n << BigInt(bits - 1)
  const value = BigInt(text)
  if (value >= -limit && value < limit) return undefined
  return not(text, `a whole number of ${bits} bits`)
}

function refuseDecimal(
  { precision, scale = 0 }: Extract<ColumnType, { kind: 'decimal' }>,
  text: string,
): string | undefined {
  if (/^(?:NaN|-?Infinity)$/.test(text)) return undefined
  const [, whole, decimals = ''] = /^[+-]?(\d+)(?:\.(\d*))?$/.exec(text) ?? []
  if (whole === undefined) return not(text, 'a decimal number')
  if (precision === undefined) return undefined
  const digits = whole.replace(/^0+/, '').length
  const needed = decimals.replace(/0+$/, '').length
  if (digits <= precision - scale && needed <= scale) return undefined
  return not(text, `a number of ${precision} digits, ${scale} of them decimals`)
}

function refuseFloat(bits: number, text: string): string | undefined {
  const value = bits === 32 ? Math.fround(Number(text)) : Number(text)
  if (Number.isFinite(value) || /[Iny]/.test(text)) return undefined
  return not(text, `a number of ${bits} bits`)
}

function isDate(text: string): boolean {
  if (/^-?infinity$/.test(text)) return true
  const [, year, month, day] = /^(\d{4,7})-(\d\d)-(\d\d)(?: BC)?$/.exec(text) ?? []
  if (year === undefined || year === '0000') return false
  const before = text.endsWith(' BC')
  const leap = isLeap(before ? 1 - Number(year) : Number(year))
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][Number(month) - 1] ?? 0
  return Number(day) >= 1 && Number(day) <= days
}

const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)

function isTimestamp(text: string, zone: boolean): boolean {
  if (/^-?infinity$/.test(text)) return true
  const [, date, time, before = ''] = /^(\S+) (\S+)( BC)?$/.exec(text) ?? []
  if (date === undefined || time === undefined) return false
  return isDate(`${date}${before}`) && TIME[zone ? 'zoned' : 'plain'].test(time)
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false // JSON.parse has no other way to say so
  }
}

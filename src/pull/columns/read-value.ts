import { isExact, type JsonValue } from '../json/parse-json.ts'
import { readTime } from './time-text.ts'
import type { Kind } from './value-kind.ts'

/** A value, what it is, and its text in a column of that kind and in one of text. */
export interface ValueReading {
  readonly kind: Exclude<Kind, 'nothing'>
  readonly text: string
  readonly asText: string
}

/**
 * What a value is; undefined for null. `isText`: values come from a file of text alone (CSV), where
 * numbers and booleans are to be told from their spelling.
 */
export function readValue(value: JsonValue, isText: boolean): ValueReading | undefined {
  switch (typeof value) {
    case 'string':
      return readString(value, isText)
    case 'number': {
      const printed = String(value)
      const text = plainNumber(printed)
      const isWhole = Number.isInteger(value) && !printed.includes('e')
      return { kind: isWhole ? wide(text) : 'float', text, asText: text }
    }
    case 'boolean':
      return { kind: 'boolean', text: value ? 't' : 'f', asText: String(value) }
    case 'object': {
      if (value === null) return undefined
      if (JSON.isRawJSON(value)) return readNumber(value.rawJSON, value.rawJSON)
      const text = JSON.stringify(value)
      return { kind: 'json', text, asText: text }
    }
    default:
      return undefined
  }
}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d{1,4})?$/
const DIGITS_OR_SIGN = /^[-\d]/

function readString(value: string, isText: boolean): ValueReading {
  if (DIGITS_OR_SIGN.test(value)) {
    const time = readTime(value)
    if (time !== undefined) return { ...time, asText: value }
    if (isText && NUMBER.test(value)) return readNumber(value, value)
  } else if (isText && (value === 'true' || value === 'false')) {
    return { kind: 'boolean', text: value === 'true' ? 't' : 'f', asText: value }
  }
  return { kind: 'text', text: value, asText: value }
}

/** Larger exponents are nobody's data: as digits they would fill the memory. */
const MOST_EXPONENT = 400

/** A number by its digits. */
function readNumber(source: string, asText: string): ValueReading {
  const exponent = Number(/[eE](.+)$/.exec(source)?.[1] ?? 0)
  if (Math.abs(exponent) > MOST_EXPONENT) return { kind: 'text', text: asText, asText }
  const text = plainNumber(source)
  if (/^-?\d+$/.test(text)) return { kind: wide(text), text, asText }
  const double = Number(source)
  if (Number.isFinite(double) && isExact(source, double)) {
    return { kind: 'float', text: plainNumber(String(double)), asText }
  }
  return { kind: 'decimal', text, asText }
}

const MOST = 9_223_372_036_854_775_807n

/** The kind of a whole number. */
function wide(digits: string): 'int53' | 'int64' | 'decimal' {
  if (digits.length < 16) return 'int53'
  const value = BigInt(digits)
  if (Number.isSafeInteger(Number(value))) return 'int53'
  return value > MOST || value < -MOST - 1n ? 'decimal' : 'int64'
}

/** Digits without an exponent, as all engines read them; those of a fraction without zeros at the end. */
export function plainNumber(source: string): string {
  const [, sign = '', whole = '', given = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(source) ?? []
  const shift = Number(exponent)
  const fraction = given.replace(/0+$/, '')
  let digits = whole
  let behind = fraction
  if (shift > 0) {
    digits = whole + fraction.slice(0, shift).padEnd(shift, '0')
    behind = fraction.slice(shift)
  } else if (shift < 0) {
    const padded = whole.padStart(1 - shift, '0')
    digits = padded.slice(0, shift)
    behind = `${padded.slice(shift)}${fraction}`.replace(/0+$/, '')
  }
  const head = digits.replace(/^0+(?=\d)/, '')
  if (behind === '') return head === '0' ? '0' : sign + head
  return `${sign}${head}.${behind}`
}

import type { SchemaElement } from 'hyparquet'
import { FerryError } from '../../core/errors.ts'
import { parseJson } from '../json/parse-json.ts'

const pad = (value: number | bigint, digits: number): string => String(value).padStart(digits, '0')

/** Nanoseconds since 1970 as ISO 8601 without a zone: whether there is one the column tells. */
function instant(nanos: bigint): string {
  const rest = ((nanos % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n
  const date = new Date(Number((nanos - rest) / 1_000_000n))
  if (Number.isNaN(date.getTime())) return `${nanos} ns`
  const time = date.toISOString().replace(/\.\d+Z$/, '')
  return rest === 0n ? time : `${time}.${pad(rest, 9).replace(/0+$/, '')}`
}

/** How the library shall make values of what is stored: without losing a digit. */
export const PARSERS = {
  timestampFromMilliseconds: (millis: bigint) => instant(millis * 1_000_000n),
  timestampFromMicroseconds: (micros: bigint) => instant(micros * 1_000n),
  timestampFromNanoseconds: (nanos: bigint) => instant(nanos),
  dateFromDays: (days: number) => new Date(days * 86_400_000).toISOString().slice(0, 10),
  jsonFromBytes: (bytes: Uint8Array | undefined) =>
    bytes === undefined ? undefined : parseJson(Buffer.from(bytes).toString('utf8')),
}

type Convert = (value: unknown) => unknown

/**
 * What is left to do to the values of columns, by name: decimals, which the library would make doubles
 * of, are taken as the whole numbers that they are stored as; times of day get their text.
 * @throws FerryError UNSUPPORTED for such a value inside of a nested one
 */
export function readColumns(schema: readonly SchemaElement[]): ReadonlyMap<string, Convert> {
  const columns = new Map<string, Convert>()
  for (let at = 1; at < schema.length; ) {
    const [element] = schema.slice(at, at + 1)
    if (element === undefined) break
    const end = endOf(schema, at)
    const convert = converterOf(element)
    if (convert !== undefined) columns.set(element.name, convert)
    for (const inner of schema.slice(at + 1, end)) {
      if (converterOf(inner) === undefined || isZoned(inner)) continue
      throw new FerryError(
        'UNSUPPORTED',
        `column \`${element.name}\` has decimals or times inside of nested values`,
        {
          hint: 'have its writer write them as text, or as columns of their own',
        },
      )
    }
    at = end
  }
  return columns
}

/** Behind the last element of the one at a place. */
function endOf(schema: readonly SchemaElement[], at: number): number {
  let end = at + 1
  for (let left = schema[at]?.num_children ?? 0; left > 0; left--) end = endOf(schema, end)
  return end
}

function converterOf(element: SchemaElement): Convert | undefined {
  const { converted_type: converted, logical_type: logical } = element
  if (converted === 'DECIMAL' || logical?.type === 'DECIMAL') {
    const scale = element.scale ?? (logical?.type === 'DECIMAL' ? logical.scale : 0)
    delete element.converted_type
    delete element.logical_type
    return value => decimal(value, scale)
  }
  if (converted === 'TIME_MILLIS' || converted === 'TIME_MICROS' || logical?.type === 'TIME') {
    const unit =
      logical?.type === 'TIME' ? logical.unit : converted === 'TIME_MILLIS' ? 'MILLIS' : 'MICROS'
    return value => timeOfDay(value, unit)
  }
  return isZoned(element) ? value => (typeof value === 'string' ? `${value}Z` : value) : undefined
}

/** Time stamps are of UTC where the file says so, or is older than the word for it. */
function isZoned({ converted_type: converted, logical_type: logical }: SchemaElement): boolean {
  if (logical?.type === 'TIMESTAMP') return logical.isAdjustedToUTC
  return (
    logical === undefined && (converted === 'TIMESTAMP_MILLIS' || converted === 'TIMESTAMP_MICROS')
  )
}

const NANOS = { MILLIS: 1_000_000n, MICROS: 1_000n, NANOS: 1n } as const

function timeOfDay(value: unknown, unit: keyof typeof NANOS): unknown {
  if (typeof value !== 'bigint' && typeof value !== 'number') return value
  return instant(BigInt(value) * NANOS[unit]).slice(11)
}

function decimal(value: unknown, scale: number): unknown {
  const digits = unscaled(value)
  if (digits === undefined) return value
  const text = String(digits < 0n ? -digits : digits).padStart(scale + 1, '0')
  const sign = digits < 0n ? '-' : ''
  const cut = text.length - scale
  return JSON.rawJSON(scale === 0 ? sign + text : `${sign}${text.slice(0, cut)}.${text.slice(cut)}`)
}

function unscaled(value: unknown): bigint | undefined {
  if (typeof value === 'bigint') return value
  if (typeof value === 'number') return BigInt(value)
  if (!(value instanceof Uint8Array) || value.length === 0) return undefined
  const digits = BigInt(`0x${Buffer.from(value).toString('hex')}`)
  return BigInt.asIntN(value.length * 8, digits)
}

/** As JSON has it: whole numbers to the digit, bytes in hexadecimal digits, NaN as text. */
export function plainJson(value: unknown): unknown {
  if (typeof value === 'bigint') return JSON.rawJSON(String(value))
  if (value === undefined) return null
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
  if (value instanceof Uint8Array) return String.raw`\x${Buffer.from(value).toString('hex')}`
  if (Array.isArray(value)) return value.map(plainJson)
  if (typeof value !== 'object' || value === null || JSON.isRawJSON(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plainJson(one)]))
}

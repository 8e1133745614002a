import { NUMBER_FIELDS, TEXT_FIELDS } from '../record.ts'
import { attributeOf } from './field-names.ts'

/** Where the value of a field is found in a record. */
export const TEXT = 0
export const NUMBER = 1
export const LEVEL = 2
export const FORMAT = 3
export const ROUTE = 4
export const DATE = 5
export const TIME = 6
export const ATTRIBUTE = 7
type FieldKind =
  | typeof TEXT
  | typeof NUMBER
  | typeof LEVEL
  | typeof FORMAT
  | typeof ROUTE
  | typeof DATE
  | typeof TIME
  | typeof ATTRIBUTE

/** A field as the hot path reads it. */
export interface Field {
  readonly kind: FieldKind
  /** Of TEXT and NUMBER, its place in the record. */
  readonly index: number
  /** Of ATTRIBUTE, its name in UTF-8. */
  readonly attribute: Uint8Array
  /** Of DATE and TIME, the length of a bucket in microseconds, and where one of them begins. */
  readonly bucketUs: number
  readonly originUs: number
}

const DAY_US = 86_400_000_000
const WEEK_US = 7 * DAY_US
/** The first Monday after the beginning of 1970, a Thursday: whole weeks begin on Mondays. */
const MONDAY_US = 4 * DAY_US
const NOTHING = new Uint8Array(0)

const NAMED = { level: LEVEL, format: FORMAT, route: ROUTE } as const

/** The field of a name; the name is known to be right. @param everyMs of `time`, its bucket */
export function fieldOf(name: string, everyMs = 0): Field {
  const plain = { index: 0, attribute: NOTHING, bucketUs: 0, originUs: 0 }
  const attribute = attributeOf(name)
  if (attribute !== undefined) {
    return { ...plain, kind: ATTRIBUTE, attribute: Buffer.from(attribute) }
  }
  if (name === 'date') return { ...plain, kind: DATE, bucketUs: DAY_US }
  if (name === 'time') {
    const bucketUs = everyMs * 1_000
    const isWeeks = bucketUs > 0 && bucketUs % WEEK_US === 0
    return { ...plain, kind: TIME, bucketUs, originUs: isWeeks ? MONDAY_US : 0 }
  }
  const text = TEXT_FIELDS.findIndex(field => field === name)
  if (text >= 0) return { ...plain, kind: TEXT, index: text }
  const number = NUMBER_FIELDS.findIndex(field => field === name)
  if (number >= 0) return { ...plain, kind: NUMBER, index: number }
  for (const [field, kind] of Object.entries(NAMED)) if (field === name) return { ...plain, kind }
  throw new Error(`\`${name}\` is no field`)
}

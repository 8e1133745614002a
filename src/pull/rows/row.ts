import type { JsonRecord, JsonValue } from '../json/parse-json.ts'

/** A row as it was read: its members, and the same as one line of JSON. */
export interface RawRow {
  readonly text: string
  readonly members: JsonRecord
}

/** Something that was to be a row, and cannot be read as one. */
export interface BrokenRow {
  readonly text: string
  readonly reason: string
}

export type ReadRow = RawRow | BrokenRow

export function isBroken(row: ReadRow): row is BrokenRow {
  return 'reason' in row
}

/** A row of a value that is not an object has one column, `value`. */
export function rowOf(value: JsonValue): RawRow {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  const members: JsonRecord = isObject && !JSON.isRawJSON(value) ? { ...value } : { value }
  return { text: JSON.stringify(members), members }
}

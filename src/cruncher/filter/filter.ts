import type { LogRecord } from '../record.ts'
import type { Comparison, Literal, TextTest } from './parse-filter.ts'

/** Says whether a record is meant; `routeName` is that of the route that classifying found. */
export type Filter = (record: LogRecord, routeName: string | undefined) => boolean

/** A field of records, and what can be asked of it. All throw FerryError CONFIG_INVALID for what cannot. */
export interface Operand {
  compare(operator: Comparison, literal: Literal): Filter
  test(operator: TextTest, literal: Literal): Filter
  oneOf(literals: readonly Literal[]): Filter
}

/** True where the other is false: no value is neither. */
export const opposite =
  (filter: Filter): Filter =>
  (record, route) =>
    !filter(record, route)

import { INFERRED_DATE, INFERRED_YEAR, INFERRED_ZONE } from '../record.ts'

const NAMES = [
  [INFERRED_YEAR, 'year'],
  [INFERRED_DATE, 'date'],
  [INFERRED_ZONE, 'zone'],
] as const

/** How many values `inferred` of a record can have. */
export const INFERRED_COMBINATIONS = 8

/** The bits of `inferred` as text: `year,zone`; empty when nothing was inferred. */
export function inferredText(bits: number): string {
  return NAMES.filter(([bit]) => (bits & bit) !== 0)
    .map(([, name]) => name)
    .join(',')
}

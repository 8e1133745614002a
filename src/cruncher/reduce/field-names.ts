import { NUMBER_FIELDS, TEXT_FIELDS } from '../record.ts'

const ATTRIBUTE = 'attributes.'

/** The numbers of a record: what can be added up. An attribute can too, where it is a number. */
export const MEASURE_NAMES: readonly string[] = NUMBER_FIELDS
/** What has values that can be counted. */
export const VALUE_NAMES: readonly string[] = [
  ...TEXT_FIELDS,
  ...NUMBER_FIELDS,
  'level',
  'format',
  'route',
]
/** What can be grouped by. */
export const DIMENSION_NAMES: readonly string[] = [...VALUE_NAMES, 'date', 'time']

/** The name of an attribute: `plan` of `attributes.plan`; undefined where the name is a field's. */
export function attributeOf(name: string): string | undefined {
  if (!name.startsWith(ATTRIBUTE) || name.length === ATTRIBUTE.length) return undefined
  return name.slice(ATTRIBUTE.length)
}

const isOneOf =
  (names: readonly string[]) =>
  (name: string): boolean =>
    names.includes(name) || attributeOf(name) !== undefined

export const isMeasure = isOneOf(MEASURE_NAMES)
export const isValue = isOneOf(VALUE_NAMES)
export const isDimension = isOneOf(DIMENSION_NAMES)

import { NUMBER_FIELDS, TEXT_FIELDS } from '../record.ts'

const ATTRIBUTE = 'attributes.'

export type FieldNames = readonly string[]

/** The numbers of a record: what can be added up. */
export const MEASURES: FieldNames = NUMBER_FIELDS
/** What has values that can be counted. */
export const VALUES: FieldNames = [...TEXT_FIELDS, ...NUMBER_FIELDS, 'level', 'format', 'route']
/** What can be grouped by. */
export const DIMENSIONS: FieldNames = [...VALUES, 'date', 'time']

/** The name of an attribute: `plan` of `attributes.plan`; undefined where the name is a field's. */
export function attributeOf(name: string): string | undefined {
  if (!name.startsWith(ATTRIBUTE) || name.length === ATTRIBUTE.length) return undefined
  return name.slice(ATTRIBUTE.length)
}

/** Whether it is one of the names, or an attribute's. */
export function isOneOf(names: FieldNames, name: string): boolean {
  return names.includes(name) || attributeOf(name) !== undefined
}

import { isDeepStrictEqual } from 'node:util'
import { LEVELS } from '../../../src/cruncher/record.ts'
import type { PlainRecord } from './plain-record.ts'
import { ROUTES } from './reduce-all.ts'

export type Value = string | number | null

/** The value of a field, of a record as plain values. */
export function valueOf(record: PlainRecord, field: string): Value {
  if (field === 'level') return record.level ? (LEVELS[record.level] ?? null) : null
  if (field === 'format') return record.format || null
  if (field === 'route') return ROUTES[record.route ?? -1] ?? null
  if (field === 'date') {
    return record.timeUs === undefined ? null : Math.floor(record.timeUs / 86_400_000_000)
  }
  if (field === 'time') {
    return record.timeUs === undefined ? null : Math.floor(record.timeUs / 3.6e9) * 3.6e9
  }
  if (field.startsWith('attributes.')) {
    const value = record.attributes?.[field.slice('attributes.'.length)] ?? null
    return value === null ? null : String(value)
  }
  const value = record.fields?.[field]
  return value === undefined || (value === '' && field !== 'route') ? null : value
}

/** The groups of records, in no order, by comparison with every group there is. */
export function groupsOf(
  records: readonly PlainRecord[],
  by: readonly string[],
): { readonly key: readonly Value[]; readonly records: PlainRecord[] }[] {
  const groups: { key: Value[]; records: PlainRecord[] }[] = []
  for (const record of records) {
    const key = by.map(field => valueOf(record, field))
    const known = groups.find(group => isDeepStrictEqual(group.key, key))
    if (known === undefined) groups.push({ key, records: [record] })
    else known.records.push(record)
  }
  return groups
}

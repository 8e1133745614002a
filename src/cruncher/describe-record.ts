import {
  ESCAPED,
  INFERRED_DATE,
  INFERRED_YEAR,
  INFERRED_ZONE,
  JSON_VALUE,
  LEVELS,
  type LogRecord,
  NUMBER_FIELDS,
  PLAIN,
  TEXT_FIELDS,
} from './record.ts'

const MICROSECONDS = 1_000

/**
 * A record as plain data, for people and for tests: `time` as ISO 8601 with as many digits as it has,
 * `offset` in minutes, `level` by name, fields that are absent left out, attributes in `attributes`.
 */
export function describeRecord(record: LogRecord): Record<string, unknown> {
  const fields: Record<string, unknown> = {}
  if (!Number.isNaN(record.timeUs)) fields['time'] = timeText(record.timeUs)
  if (!Number.isNaN(record.offsetMinutes)) fields['offset'] = record.offsetMinutes
  if (record.level !== 0) fields['level'] = LEVELS[record.level]
  for (const [field, name] of TEXT_FIELDS.entries()) {
    const text = record.text(field)
    if (text !== undefined) fields[name] = text
  }
  for (const [field, name] of NUMBER_FIELDS.entries()) {
    const value = record.numbers[field]
    if (value !== undefined && !Number.isNaN(value)) fields[name] = value
  }
  const inferred = inferredNames(record.inferred)
  if (inferred.length > 0) fields['inferred'] = inferred
  if (record.attributes > 0) fields['attributes'] = attributesOf(record)
  return fields
}

/** `2026-03-01T00:00:00.000123Z`, without zeros at the end of the fraction. */
function timeText(timeUs: number): string {
  const ms = Math.floor(timeUs / MICROSECONDS)
  const us = Math.round(timeUs - ms * MICROSECONDS)
  const fraction = `${String(ms % 1_000 < 0 ? (ms % 1_000) + 1_000 : ms % 1_000).padStart(3, '0')}${String(us).padStart(3, '0')}`
  const shown = fraction.replace(/0+$/, '')
  return `${new Date(ms).toISOString().slice(0, 19)}${shown === '' ? '' : `.${shown}`}Z`
}

function inferredNames(bits: number): string[] {
  const names: string[] = []
  if ((bits & INFERRED_YEAR) !== 0) names.push('year')
  if ((bits & INFERRED_DATE) !== 0) names.push('date')
  if ((bits & INFERRED_ZONE) !== 0) names.push('zone')
  return names
}

function attributesOf(record: LogRecord): Record<string, unknown> {
  const attributes: Record<string, unknown> = {}
  for (let at = 0; at < record.attributes; at++) {
    const text = record.attributeText(at)
    const isText = record.valueKind[at] === PLAIN || record.valueKind[at] === ESCAPED
    const value: unknown = !isText && record.valueKind[at] === JSON_VALUE ? JSON.parse(text) : text
    attributes[record.attributeName(at)] = value
  }
  return attributes
}

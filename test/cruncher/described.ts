import {
  INFERRED_DATE,
  INFERRED_YEAR,
  JSON_VALUE,
  LEVELS,
  type LogRecord,
  NUMBER_FIELDS,
  TEXT_FIELDS,
} from '../../src/cruncher/record.ts'

/**
 * What a record holds, by name, as samples write it: `time` in ISO 8601 without zeros at its end
 * (`----` for a year and `----------` for a date that was not written), `offset`, `level`, fields; and attributes.
 */
export function described(record: LogRecord): {
  readonly fields: Readonly<Record<string, unknown>>
  readonly attributes: Readonly<Record<string, unknown>>
} {
  const fields: Record<string, unknown> = {}
  if (!Number.isNaN(record.timeUs)) fields['time'] = timeText(record)
  if (!Number.isNaN(record.offsetMinutes)) fields['offset'] = record.offsetMinutes
  if (record.level !== 0) fields['level'] = LEVELS[record.level]
  for (const [field, name] of TEXT_FIELDS.entries()) {
    const text = record.text(field)
    if (text !== undefined) fields[name] = text
  }
  for (const [field, name] of NUMBER_FIELDS.entries()) {
    const number = record.numbers[field] ?? Number.NaN
    if (!Number.isNaN(number)) fields[name] = number
  }
  const attributes: Record<string, unknown> = {}
  for (let at = 0; at < record.attributes; at++) {
    const text = record.attributeText(at)
    attributes[record.attributeName(at)] =
      record.valueKind[at] === JSON_VALUE ? JSON.parse(text) : text
  }
  return { fields, attributes }
}

function timeText(record: LogRecord): string {
  const ms = Math.floor(record.timeUs / 1_000)
  const micros = String(record.timeUs - ms * 1_000).padStart(3, '0')
  const whole = new Date(ms).toISOString().replace('Z', micros)
  const text = `${whole.replace(/\.?0+$/, '')}Z`
  if ((record.inferred & INFERRED_DATE) !== 0) return `----------${text.slice(10)}`
  if ((record.inferred & INFERRED_YEAR) !== 0) return `---${text.slice(4)}`
  return text
}

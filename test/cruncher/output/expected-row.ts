import { LEVELS, NUMBER_FIELDS, TEXT_FIELDS } from '../../../src/cruncher/record.ts'
import type { RawText, RecordContent } from './record-builder.ts'

export type Row = Record<string, unknown>

export const ROUTES = ['task.update', 'say "hi", ünïcode\\', 'user,create']
export const SOURCE_FILE = 'lake:logs/2026-03-01/odd "name", 1.log.gz'

/** What a JSON string of such an inside means, by JSON.parse; what it cannot read is text as it is. */
function meaning(inside: string): string {
  try {
    const text: unknown = JSON.parse(`"${inside}"`)
    return String(text).toWellFormed()
  } catch {
    return inside
  }
}

function textOf({ raw, kind }: RawText): string {
  return (kind === 'escaped' ? meaning(raw) : raw).toWellFormed()
}

/** The value with U+FFFD for each half of a surrogate pair. */
function wellFormed(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed()
  if (Array.isArray(value)) return value.map(wellFormed)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value)
  return Object.fromEntries(members.map(([name, of]) => [name.toWellFormed(), wellFormed(of)]))
}

/** The row that must be read back, by the plain methods of JavaScript; without what is absent. */
export function expectedRow(content: RecordContent): Row {
  const row: Row = {}
  if (content.timeUs !== undefined) row['time'] = isoOf(content.timeUs)
  if (content.offsetMinutes !== undefined) row['utc_offset'] = content.offsetMinutes
  const inferred = ['year', 'date', 'zone'].filter((_, bit) => (content.inferred ?? 0) & (1 << bit))
  if (inferred.length > 0) row['inferred'] = inferred.join(',')
  if (content.level !== undefined && content.level > 0) row['level'] = LEVELS[content.level]
  for (const name of TEXT_FIELDS) {
    const text = content[name]
    if (text !== undefined && text.raw !== '') row[name] = textOf(text)
  }
  for (const name of NUMBER_FIELDS) {
    const number = content.numbers?.[name]
    if (number !== undefined) row[name] = number
  }
  if (content.route !== undefined) row['route'] = ROUTES[content.route]
  if (content.attributes !== undefined && content.attributes.length > 0) {
    const pairs = content.attributes.map(([name, value]) => [textOf(name), valueOf(value)] as const)
    row['attributes'] = Object.fromEntries(pairs)
  }
  if (content.format !== undefined && content.format !== '') row['format'] = content.format
  row['source_file'] = SOURCE_FILE
  row['source_line'] = content.lineNumber ?? 1
  return row
}

function valueOf(value: RawText): unknown {
  if (value.kind !== 'json') return textOf(value)
  return wellFormed(JSON.parse(value.raw))
}

export function isoOf(timeUs: number): string {
  const milliseconds = Math.floor(timeUs / 1_000)
  const micros = String(timeUs - milliseconds * 1_000).padStart(3, '0')
  return `${new Date(milliseconds).toISOString().slice(0, -1)}${micros}Z`
}

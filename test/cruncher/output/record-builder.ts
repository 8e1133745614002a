import {
  ABSENT,
  ESCAPED,
  JSON_VALUE,
  LogRecord,
  NUMBER_FIELDS,
  type NumberField,
  PLAIN,
  TEXT_FIELDS,
  type TextField,
  type ValueKind,
} from '../../../src/cruncher/record.ts'

/** A text as it lies in a line: as it is, with JSON's escapes, or as a JSON value. */
export interface RawText {
  readonly raw: string
  readonly kind: 'plain' | 'escaped' | 'json'
}

export const plain = (raw: string): RawText => ({ raw, kind: 'plain' })
export const escaped = (raw: string): RawText => ({ raw, kind: 'escaped' })
export const json = (raw: string): RawText => ({ raw, kind: 'json' })

export interface RecordContent extends Partial<Record<TextField, RawText>> {
  readonly timeUs?: number
  readonly offsetMinutes?: number
  readonly inferred?: number
  readonly level?: number
  readonly numbers?: Partial<Record<NumberField, number>>
  readonly route?: number
  readonly format?: string
  readonly lineNumber?: number
  readonly attributes?: readonly (readonly [RawText, RawText])[]
}

const KINDS: Readonly<Record<RawText['kind'], ValueKind>> = {
  plain: PLAIN,
  escaped: ESCAPED,
  json: JSON_VALUE,
}

/** Fills a record as a format does: texts are places in one line. */
export function fillRecord(record: LogRecord, content: RecordContent): LogRecord {
  const pieces: Buffer[] = []
  let length = 0
  const place = (text: string): [number, number] => {
    const bytes = Buffer.from(text)
    pieces.push(Buffer.from('|'), bytes)
    const from = length + 1
    length += 1 + bytes.length
    return [from, length]
  }
  const fields = TEXT_FIELDS.map(name => content[name]).map(text => text && place(text.raw))
  const attributes = (content.attributes ?? []).map(
    ([name, value]) => [name, place(name.raw), value, place(value.raw)] as const,
  )
  record.reset(Buffer.concat(pieces))
  for (const [field, span] of fields.entries()) {
    const name = TEXT_FIELDS[field]
    const text = name && content[name]
    if (span && text) record.setSlice(field, span[0], span[1], KINDS[text.kind])
  }
  for (const [name, [nameFrom, nameTo], value, [from, to]] of attributes) {
    record.addNamedSlice(nameFrom, nameTo, KINDS[name.kind], from, to, KINDS[value.kind])
  }
  record.timeUs = content.timeUs ?? Number.NaN
  record.offsetMinutes = content.offsetMinutes ?? Number.NaN
  record.inferred = content.inferred ?? 0
  record.level = content.level ?? ABSENT
  for (const [at, name] of NUMBER_FIELDS.entries()) {
    record.numbers[at] = content.numbers?.[name] ?? Number.NaN
  }
  record.route = content.route ?? -1
  record.format = content.format ?? ''
  record.lineNumber = content.lineNumber ?? 1
  return record
}

export function recordOf(content: RecordContent): LogRecord {
  return fillRecord(new LogRecord(), content)
}

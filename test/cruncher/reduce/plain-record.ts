import {
  ESCAPED,
  JSON_VALUE,
  LogRecord,
  NUMBER_FIELDS,
  PLAIN,
  TEXT_FIELDS,
} from '../../../src/cruncher/record.ts'

/** A record as plain values: fields by name, and attributes. */
export interface PlainRecord {
  readonly fields?: Readonly<Record<string, string | number>>
  readonly attributes?: Readonly<Record<string, string | number | boolean | null>>
  readonly timeUs?: number
  readonly level?: number
  readonly format?: string
  readonly route?: number
  /** Texts stand in the record as JSON has them, with escapes. */
  readonly escaped?: boolean
}

/** A JSON string without its quotes, with more escapes than anybody writes. */
export function escapeAll(text: string): string {
  return Array.from({ length: text.length }, (_, at) => {
    return `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`
  }).join('')
}

/** Fills a record as a format would: texts are places in bytes. */
export function fillRecord(record: LogRecord, plain: PlainRecord): LogRecord {
  const texts: string[] = []
  let length = 0
  const put = (text: string): [from: number, to: number] => {
    texts.push(text)
    const from = length
    length += Buffer.byteLength(text)
    return [from, length]
  }
  const kind = plain.escaped === true ? ESCAPED : PLAIN
  const shown = plain.escaped === true ? escapeAll : (text: string) => text
  record.reset(Buffer.alloc(0))
  for (const [name, value] of Object.entries(plain.fields ?? {})) {
    if (typeof value === 'number') {
      record.numbers[NUMBER_FIELDS.findIndex(field => field === name)] = value
    } else
      record.setSlice(
        TEXT_FIELDS.findIndex(field => field === name),
        ...put(shown(value)),
        kind,
      )
  }
  for (const [name, value] of Object.entries(plain.attributes ?? {})) {
    if (typeof value === 'string') {
      const [nameFrom, nameTo] = put(shown(name))
      record.addNamedSlice(nameFrom, nameTo, kind, ...put(shown(value)), kind)
    } else record.addSlice(name, ...put(JSON.stringify(value)), JSON_VALUE)
  }
  record.buffers[0] = Buffer.from(texts.join(''))
  record.timeUs = plain.timeUs ?? Number.NaN
  record.level = plain.level ?? 0
  record.format = plain.format ?? ''
  record.route = plain.route ?? -1
  return record
}

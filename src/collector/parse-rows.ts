import { FerryError } from '../core/errors.ts'
import { EVENT_COLUMNS, type EventColumn, FIELD_SEPARATOR, ROW_END } from '../formats/event-row.ts'

const QUOTE = 0x22

/** Rows of events (formats/event-row.ts), one after the other. @throws FerryError DATA_INVALID */
export function* parseRows(bytes: Buffer): Generator<Record<EventColumn, string>> {
  for (let at = 0; at < bytes.length; ) {
    const row = {} as Record<EventColumn, string> // all columns are set below
    for (const [index, column] of EVENT_COLUMNS.entries()) {
      const isLast = index === EVENT_COLUMNS.length - 1
      const end = fieldEnd(bytes, at, isLast ? ROW_END : FIELD_SEPARATOR)
      row[column] = fieldText(bytes, at, end)
      at = end + 1
    }
    yield row
  }
}

/** Where the field that begins at `at` ends: at its separator, outside of quotes. */
function fieldEnd(bytes: Buffer, at: number, separator: number): number {
  let from = at
  if (bytes[at] === QUOTE) {
    for (from = at + 1; ; from += 2) {
      from = bytes.indexOf(QUOTE, from)
      if (from === -1) throw broken(at)
      if (bytes[from + 1] !== QUOTE) break
    }
    from++
  }
  const end = bytes.indexOf(separator, from)
  if (end === -1 || (bytes[at] === QUOTE && end !== from)) throw broken(at)
  return end
}

function fieldText(bytes: Buffer, start: number, end: number): string {
  if (bytes[start] !== QUOTE) return bytes.toString('utf8', start, end)
  return bytes.toString('utf8', start + 1, end - 1).replaceAll('""', '"')
}

function broken(at: number): FerryError {
  return new FerryError('DATA_INVALID', `the row of events at byte ${at} is broken`)
}

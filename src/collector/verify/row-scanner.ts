import { EVENT_COLUMNS, FIELD_SEPARATOR, ROW_END } from '../../formats/event-row.ts'

const QUOTE = 0x22
const COLUMNS = EVENT_COLUMNS.length

/** `more`: the bytes end within the row. */
export type ScanOutcome = 'row' | 'more' | 'broken'

/** Finds where the fields of a row (formats/event-row.ts) begin and end, and nothing else. */
export class RowScanner {
  /** Of the last row: where its fields begin and end, quotes included. */
  readonly starts = new Int32Array(COLUMNS)
  readonly ends = new Int32Array(COLUMNS)
  /** Behind the last row. */
  next = 0
  /** Why the last row is broken. */
  reason = ''

  scan(bytes: Buffer, start: number, end: number): ScanOutcome {
    let at = start
    for (let field = 0; ; field++) {
      const from = at
      if (at < end && bytes[at] === QUOTE) {
        at = closingQuote(bytes, at, end)
        if (at === -1) return 'more'
        const behind = bytes[at]
        if (behind !== FIELD_SEPARATOR && behind !== ROW_END) {
          return this.#broken('has text behind a closing quote')
        }
      } else {
        while (at < end && bytes[at] !== FIELD_SEPARATOR && bytes[at] !== ROW_END) at++
        if (at === end) return 'more'
      }
      if (field === COLUMNS) return this.#broken(`has more than ${COLUMNS} fields`)
      this.starts[field] = from
      this.ends[field] = at
      const isEnd = bytes[at] === ROW_END
      at++
      if (!isEnd) continue
      if (field + 1 < COLUMNS) return this.#broken(`has ${field + 1} of ${COLUMNS} fields`)
      this.next = at
      return 'row'
    }
  }

  #broken(reason: string): ScanOutcome {
    this.reason = reason
    return 'broken'
  }
}

/** Where the byte behind a field's closing quote is; -1 where that is not there yet. */
function closingQuote(bytes: Buffer, start: number, end: number): number {
  for (let at = start + 1; ; at += 2) {
    at = bytes.indexOf(QUOTE, at)
    if (at === -1 || at + 1 >= end) return -1
    if (bytes[at + 1] !== QUOTE) return at + 1
  }
}

import type { Field } from '../../formats/csv.ts'

const QUOTE = 34
const NEWLINE = 10
const RETURN = 13

/**
 * Cuts CSV and TSV of others into records: lines end in `\n` or `\r\n`, quoted values may hold both and
 * the delimiter, quotes in them are doubled. Text comes piece by piece; memory is that of a record.
 * An empty value is null, a quoted empty one the empty text.
 */
export class DelimitedReader {
  readonly #delimiter: number
  #record: Field[] = []
  #field = ''
  #isQuoted = false
  /** Inside of quotes. */
  #isOpen = false
  /** A quote was read inside of quotes: the end of them, or half of a doubled one. */
  #hasQuote = false

  constructor(delimiter: ',' | '\t' | ';') {
    this.#delimiter = delimiter.charCodeAt(0)
  }

  /** The records that end in this piece. */
  push(text: string): Field[][] {
    const records: Field[][] = []
    let start = 0
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at)
      if (this.#isOpen) {
        if (this.#hasQuote) {
          this.#hasQuote = false
          if (code === QUOTE) {
            start = at // the second of two is kept
            continue
          }
          this.#isOpen = false
          start = at
        } else {
          if (code === QUOTE) {
            this.#field += text.slice(start, at)
            this.#hasQuote = true
            start = at + 1
          }
          continue
        }
      }
      if (code === this.#delimiter) {
        this.#endField(text.slice(start, at))
        start = at + 1
      } else if (code === NEWLINE) {
        records.push(this.#endRecord(text.slice(start, at)))
        start = at + 1
      } else if (code === QUOTE && at === start && this.#field === '' && !this.#isQuoted) {
        this.#isOpen = true
        this.#isQuoted = true
        start = at + 1
      }
    }
    if (!this.#hasQuote) this.#field += text.slice(start)
    return records
  }

  /** The last record, where the text did not end in a line end; `torn` inside of quotes. */
  finish(): Field[] | 'torn' | undefined {
    if (this.#isOpen && !this.#hasQuote) return 'torn'
    this.#isOpen = false
    const isEmpty = this.#record.length === 0 && this.#field === '' && !this.#isQuoted
    return isEmpty ? undefined : this.#endRecord('')
  }

  #endField(rest: string): void {
    const text = this.#field + rest
    this.#record.push(text === '' && !this.#isQuoted ? null : text)
    this.#field = ''
    this.#isQuoted = false
  }

  #endRecord(rest: string): Field[] {
    const isCut = rest.charCodeAt(rest.length - 1) === RETURN
    if (!isCut && rest === '' && this.#field.charCodeAt(this.#field.length - 1) === RETURN) {
      this.#field = this.#field.slice(0, -1)
    }
    this.#endField(isCut ? rest.slice(0, -1) : rest)
    const record = this.#record
    this.#record = []
    return record
  }
}

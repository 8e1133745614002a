import { csvLine, type Field } from '../../formats/csv.ts'
import type { FoundColumn } from '../columns/table-schema.ts'
import { isRecord, type JsonRecord, parseJson } from '../json/parse-json.ts'
import { brokenRow, type Landing } from '../rows/landing.ts'

/** Rows as CSV, some at a time. */
export interface EncodedRows {
  readonly text: string
  readonly rows: number
}

export interface EncodeOptions {
  readonly columns: readonly FoundColumn[]
  readonly isText: boolean
  /** Told of each row that is delivered or rejected for a value. */
  readonly onRow: (members: JsonRecord) => void
  /** Told of each row that is not delivered, and why. */
  readonly onReject: (reason: string, row: string) => Promise<void>
  readonly signal: AbortSignal
}

export interface Account {
  readonly in: number
  out: number
  /** Rows of which a later one with the same key is delivered. */
  filtered: number
  rejected: number
}

/** The rows of a landing as CSV; fills the account on its way. */
export async function* encodeRows(
  landing: Landing,
  account: Account,
  { columns, isText, onRow, onReject, signal }: EncodeOptions,
): AsyncGenerator<EncodedRows> {
  const superseded = await landing.superseded()
  let number = 0
  for await (const lines of landing.lines()) {
    signal.throwIfAborted()
    let text = ''
    let rows = 0
    for (const line of lines) {
      if (superseded.has(number++)) {
        account.filtered++
        continue
      }
      const encoded = encodeLine(line, { columns, isText, onRow })
      if (typeof encoded === 'string') {
        text += encoded
        rows++
      } else {
        account.rejected++
        await onReject(encoded.reason, encoded.row)
      }
    }
    account.out += rows
    if (rows > 0) yield { text, rows }
  }
}

function encodeLine(
  line: string,
  { columns, isText, onRow }: Pick<EncodeOptions, 'columns' | 'isText' | 'onRow'>,
): string | { readonly reason: string; readonly row: string } {
  const broken = brokenRow(line)
  if (broken !== undefined) return { reason: broken.reason, row: broken.text }
  const parsed = parseJson(line)
  const members = isRecord(parsed) ? parsed : {}
  onRow(members)
  const fields: Field[] = []
  for (const column of columns) {
    const value = Object.hasOwn(members, column.name) ? members[column.name] : undefined
    const fitted = column.fit(value, isText)
    if (fitted !== undefined && 'misfit' in fitted) {
      return { reason: `column \`${column.name}\`: ${fitted.misfit}`, row: line }
    }
    // PostgreSQL and its kin have no such character in a text.
    if (fitted?.text.includes('\0') === true) {
      return { reason: `column \`${column.name}\` has a NUL character`, row: line }
    }
    fields.push(fitted?.text ?? null)
  }
  // A line with nothing in it would be no row to its readers.
  return columns.length === 1 && fields[0] === null
    ? { reason: 'it is empty', row: line }
    : csvLine(fields, ',')
}

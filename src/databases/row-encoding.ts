import { csvLine, type Field } from '../formats/csv.ts'

/** How a value is written in JSON; `json` is embedded as it is. */
export type JsonKind = 'boolean' | 'integer' | 'float' | 'number' | 'json' | 'text'

export interface RowShape {
  /** Keys of the JSON objects; all different. */
  readonly names: readonly string[]
  readonly kinds: readonly JsonKind[]
}

/** Rows are gathered until they make a piece worth writing. */
const CHUNK_CHARACTERS = 65_536

export function headerLine(names: readonly string[], format: 'csv' | 'tsv'): string {
  return csvLine(names, format === 'csv' ? ',' : '\t')
}

/** Encodes rows of the engine's own text, one line a row. */
export async function* encodeRows(
  batches: AsyncIterable<readonly (readonly Field[])[]>,
  format: 'csv' | 'tsv' | 'json',
  shape: RowShape,
): AsyncGenerator<Uint8Array, void> {
  const keys = shape.names.map(name => `${JSON.stringify(name)}:`)
  const line = (row: readonly Field[]): string => {
    if (format !== 'json') return csvLine(row, format === 'csv' ? ',' : '\t')
    const members = row.map((text, i) => (keys[i] ?? '') + jsonValue(text, shape.kinds[i]))
    return `{${members.join(',')}}\n`
  }
  let text = ''
  for await (const rows of batches) {
    for (const row of rows) {
      text += line(row)
      if (text.length < CHUNK_CHARACTERS) continue
      yield Buffer.from(text)
      text = ''
    }
  }
  if (text !== '') yield Buffer.from(text)
}

const JSON_NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?$/

/** Digits are kept exactly; what JSON has no number for (NaN, Infinity) is a string. */
function jsonValue(text: Field, kind: JsonKind | undefined): string {
  if (text === null) return 'null'
  if (kind === 'boolean') return text === 't' || text === 'true' ? 'true' : 'false'
  // Line ends outside of JSON strings are blanks, and inside there are none.
  if (kind === 'json') return text.replace(/[\r\n]+/g, ' ')
  if (kind !== 'text' && kind !== undefined && JSON_NUMBER.test(text)) return text
  return JSON.stringify(text)
}

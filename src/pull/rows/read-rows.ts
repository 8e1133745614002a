import { parseQuery } from '../json/json-query.ts'
import type { JsonValue } from '../json/parse-json.ts'
import { readPage } from '../json/read-page.ts'
import { readDelimited } from './read-delimited.ts'
import { readJsonLines } from './read-lines.ts'
import type { ReadRow } from './row.ts'

export type StreamFormat = 'json' | 'jsonl' | 'csv' | 'tsv'

export interface ReadRowsOptions {
  readonly format: StreamFormat
  /** Of `json`: where the rows are. */
  readonly rows: string
  /** Of `csv` and `tsv`. */
  readonly nulls: readonly string[]
}

/** Whether values come as text, whatever they are. */
export const isTextFormat = (format: string): boolean => format === 'csv' || format === 'tsv'

/** The rows in some bytes, as they arrive; at the end what is around them, of a JSON document. */
export function readRows(
  bytes: AsyncIterable<Uint8Array>,
  { format, rows, nulls }: ReadRowsOptions,
): AsyncGenerator<readonly ReadRow[], JsonValue> {
  switch (format) {
    case 'json':
      return readPage(bytes, parseQuery(rows))
    case 'jsonl':
      return readJsonLines(bytes)
    case 'csv':
      return readDelimited(bytes, { delimiter: ',', nulls })
    case 'tsv':
      return readDelimited(bytes, { delimiter: '\t', nulls })
    default:
      throw new Error(format satisfies never)
  }
}

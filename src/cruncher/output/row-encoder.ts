import type { LogRecord } from '../record.ts'
import type { ByteSink } from './byte-sink.ts'

/** Texts of a row that are not in the record. */
export interface RowTexts {
  /** The name of a route by the number that a record has. */
  readonly routeName: (id: number) => string
  /** As it is shown in `source_file`. */
  readonly sourceFile: string
}

/** Writes records as rows of text, each whole and the same wherever it stands. */
export interface RowEncoder {
  /** No row of this record is longer. */
  mostBytes(record: LogRecord): number
  /** Puts the row; the caller has reserved `mostBytes`. */
  put(sink: ByteSink, record: LogRecord): void
}

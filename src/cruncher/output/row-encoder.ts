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
  /** Puts the row; the room is reserved here. */
  put(sink: ByteSink, record: LogRecord): void
}

import type { Line } from '../line.ts'
import type { LogRecord } from '../record.ts'

/** What the header lines of a file have said so far of the lines behind them. */
export interface HeaderState {
  /** Its format's name. */
  readonly name: string
  /**
   * As a LogFormat's: fills the record and says whether the line is one of those that the header
   * announced. A state never changes: it may be kept, and used for lines in any order.
   */
  claim(line: Line, record: LogRecord): boolean
}

/** Lines, the header first, and what must be found in the last of them. */
export interface HeaderSample {
  readonly lines: readonly string[]
  readonly expected: Readonly<Record<string, unknown>>
}

/** A way of writing lines that a line in front of them explains: its columns, their separator. */
export interface HeaderFormat {
  readonly name: string
  readonly title: string
  /** What its lines are called, by name, where that hangs on the header; else they are called as it is. */
  readonly titles?: Readonly<Record<string, string>>
  /** What a header line can begin with, as of a LogFormat; none: anything. */
  readonly starts?: string
  readonly samples: readonly HeaderSample[]
  /**
   * The state behind this line, if it is a header line (it is none of the records, then); `before` is
   * the state that the file's earlier header lines left.
   */
  header(line: Line, before?: HeaderState): HeaderState | undefined
}

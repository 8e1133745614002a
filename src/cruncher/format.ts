import type { Line } from './line.ts'
import type { LogRecord } from './record.ts'

/** What a format is sure of when it claims a line. */
export const GENERIC = 1
export const LIKELY = 2
export const SURE = 3
export type Sureness = typeof GENERIC | typeof LIKELY | typeof SURE

/** A line (or lines that belong together) and what must be found in it; run by test/cruncher/samples.test.ts. */
export interface Sample {
  /** Without the line's end; of a format of several lines, with line feeds between them. */
  readonly line: string
  /**
   * Fields by name (`time` as ISO 8601 in UTC with all digits that are not zero, `offset` in minutes,
   * `level` by name); every other name is an attribute. All fields that are found must be listed; attributes may be left out.
   */
  readonly expected: Readonly<Record<string, unknown>>
}

/** A way in which services write lines. It has no state: what depends on earlier lines is a HeaderFormat. */
export interface LogFormat {
  /** In kebab-case, as its file is called: `nginx-error`. */
  readonly name: string
  /** What a person calls it: `nginx error log`. */
  readonly title: string
  readonly sureness: Sureness
  /** What a line of it can begin with; none: anything. Digits as `0-9`, letters as `a-zA-Z`. */
  readonly starts?: string
  /** Lines that no format claims may belong to its records: stack traces and the like. */
  readonly multiline?: boolean
  /** Its message is a line of its own, of any format: syslog, container runtimes. */
  readonly envelope?: boolean
  /**
   * Of a format whose records take several lines with fields in each: whether a line goes on with the
   * record before it, which has these lines by now. All lines of the record are then claimed at once, with line feeds between them.
   */
  readonly goesOn?: (line: Line, lines: readonly Buffer[]) => boolean
  /** At least one. */
  readonly samples: readonly Sample[]
  /**
   * Fills the record and says whether the line is of this format; without, the record is reset by
   * the caller. It never throws. Slices are places in `line.bytes`.
   */
  claim(line: Line, record: LogRecord): boolean
}

import type { LogRecord } from '../record.ts'
import type { OutputFile } from './output-files.ts'

/**
 * Takes records and writes them to files, each in the order in which they came. What the files hold, and
 * how it is cut, depends on the records and the options alone. One call at a time.
 */
export interface RecordWriter {
  /**
   * Takes what it needs of the record, which may be used again then. Packs and writes what has gathered
   * when it is enough. @throws FerryError LOCAL_IO, DENIED, DATA_INVALID (too many partitions): call `abort` then
   */
  write(record: LogRecord): void
  /** Resolves when there is room for more. `write` leaves nothing behind, so this is now; it may change. */
  ready(): Promise<void>
  /**
   * Writes what is left, syncs, and gives the files their names, over those of an earlier call with the
   * same options. No records, no files. @throws FerryError LOCAL_IO, DENIED: call `abort` then
   */
  finish(): Promise<readonly OutputFile[]>
  /** Removes what has no name yet; for any time, also after an error. */
  abort(): Promise<void>
}

import type { SnapshotReader } from '../databases/source.ts'

/** Leave to read a source: a moment of it, and connections that may be opened. */
export interface SourceAccess extends AsyncDisposable {
  readonly moment: SourceMoment
  /** Readers that may be open at once. */
  readonly slots: number
  /** Aborted when the leave is lost: TRANSIENT, or what ended the command. */
  readonly signal: AbortSignal
  /** Says that all was read: whoever asks for the same again gets a later moment. */
  finish(): void
  /** One more reader of the moment. @throws FerryError TRANSIENT: the moment is gone */
  reader(): Promise<SnapshotReader>
}

export interface SourceMoment {
  /** What the source calls it; null where a moment is not shared. */
  readonly snapshot: string | null
  /** By the clock of the source, ISO 8601 in UTC with microseconds. */
  readonly takenAt: string
  readonly inFlightSince: string | null
  /** Of tables that go by a number: up to which all has been committed, where that is known. */
  readonly settled: Readonly<Record<string, string>>
}

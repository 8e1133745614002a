import type { RejectedLine } from './read-day.ts'

/** Details in a report, beyond which there are only counts. */
export const MAX_REJECTED = 100
export const MAX_SESSIONS = 100
export const MAX_GAPS = 100

/** What `ferry events verify` found, for people, make and the data quality page. */
export interface EventsReport {
  readonly kind: 'events'
  readonly url: string
  readonly date: string | null
  readonly late_after_ms: number
  readonly objects: number
  /** Under the same prefix, and no files of events. */
  readonly other_objects: number
  /** in = out + duplicates + conflicts + rejected. */
  readonly totals: EventTotals
  /** Of the events of `out`. */
  readonly found: EventFindings
  readonly sessions: SessionCounts
  /** When the last event came, ISO 8601 in UTC; null without events. */
  readonly last_received_at: string | null
  /** Sessions with most to tell, up to a hundred. */
  readonly worst_sessions: readonly SessionReport[]
  /** The first hundred. */
  readonly rejected: readonly RejectedLine[]
  /** The day's file. */
  readonly output: { readonly url: string; readonly rows: number; readonly bytes: number } | null
}

export interface EventTotals {
  in: number
  out: number
  /** Equal to one that is kept, and received later. */
  duplicates: number
  /** With session and nr of one that is kept, but another content. */
  conflicts: number
  /** Lines that are no events. */
  rejected: number
}

export interface EventFindings {
  /** Numbers that are missing between the first and the last of a session. */
  missing: number
  /** Received more than `late_after_ms` after their client's time. */
  late: number
  /** Received on another day than that of their client's time (UTC). */
  another_day: number
  /** Received before the event with the next lower nr of their session. */
  out_of_order: number
  /** Without nr, as Segment's API has none: only equal sequence numbers make them duplicates. */
  unnumbered: number
}

export interface SessionCounts {
  total: number
  /** With numbers missing, or events that are late, out of order or more than once. */
  with_findings: number
  /** With numbers missing between their first and their last. */
  with_gaps: number
  /** Ranges of missing numbers. */
  gaps: number
  /** That begin above 1: their start is on another day, or lost. */
  open_start: number
}

export interface SessionReport extends EventFindings {
  readonly session: string
  readonly first_nr: number | null
  readonly last_nr: number | null
  readonly events: number
  readonly duplicates: number
  readonly conflicts: number
  /** Missing numbers, from and to, both included; the first hundred of `gap_count`. */
  readonly gaps: readonly (readonly [number, number])[]
  readonly gap_count: number
}

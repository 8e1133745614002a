/** What ferry.yaml says of the nightly proof of a source's tables. */
export interface ProofSettings {
  /** Tables of so many rows are compared as a whole. */
  readonly above: number
  /** Of a larger table, each night; `auto`: what costs a tenth of the reading. */
  readonly share: number | 'auto'
}

/** The proof may take so much of the time that reading the table took. */
const OF_READING = 0.1
/** Of that, the part of the source; the rest is the warehouse's. */
const AT_SOURCE = 0.6
/** Before it was measured: what a slow server does on one core. */
const ROWS_PER_MS = 300
/** Every row has its night within a month. */
const LEAST = 1 / 30

/** The share of a table that is compared tonight, between 0 and 1. */
export function shareOfNight(
  settings: ProofSettings,
  table: {
    readonly rows: number
    readonly readingMs: number
    readonly rowsPerMs: number | undefined
  },
): number {
  if (table.rows <= settings.above) return 1
  if (settings.share !== 'auto') return settings.share
  const affordable = table.readingMs * OF_READING * AT_SOURCE * (table.rowsPerMs ?? ROWS_PER_MS)
  return Math.min(1, Math.max(LEAST, affordable / table.rows))
}

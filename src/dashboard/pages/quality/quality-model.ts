import type { LogicalDate } from '../../../core/logical-date.ts'
import type { Counts } from '../../../formats/counts.ts'
import type { CheckResult } from '../../../formats/model-receipt.ts'
import type { CountSeries, Finding } from '../../../formats/quality.ts'
import type { NightResults } from '../../../formats/results-archive.ts'
import type { Dashboard } from '../../dashboard.ts'
import type { PageRequest } from '../../page.ts'
import { shorten } from '../../show/shorten.ts'

/** Nights that are columns. */
const COLUMNS = 14
const FINDING_SHOWN = 600

export interface QualityModel {
  readonly date: LogicalDate
  /** The columns: the night that is looked at, and those before it. */
  readonly nights: readonly string[]
  readonly findings: readonly Finding[]
  /** Rows by step and source. */
  readonly series: readonly CountSeries[]
  readonly tables: readonly TableRow[]
  readonly steps: readonly StepRow[]
  readonly events: readonly EventsRow[]
  readonly checks: readonly ChecksRow[]
}

/** A table of a source in the warehouse. */
export interface TableRow {
  readonly name: string
  /** Rows in the warehouse after the load. */
  readonly rows: number | null
  /** The newest time stamp among its rows. */
  readonly newest: string | null
  /** When it was loaded last: a moment of this night, or an earlier night; null when neither is known. */
  readonly updated: string | null
  readonly compared: Counts['compared'] | null
}

export interface StepRow {
  readonly step: string
  readonly name: string
  readonly rows: Counts['rows']
}

export interface EventsRow {
  readonly name: string
  readonly events: NonNullable<Counts['events']>
}

/** The checks of a model, night by night: how many failed of how many, by date. */
export interface ChecksRow {
  readonly model: string
  readonly nights: Readonly<
    Record<
      string,
      {
        readonly failed: number
        readonly all: number
        /** The model was not published: a check kept it back, or it never came so far. */
        readonly isFailed: boolean
      }
    >
  >
  readonly failing: readonly CheckResult[]
}

export async function qualityModel({ dashboard, date }: PageRequest): Promise<QualityModel> {
  const dates = await dashboard.nights.dates()
  const nights = [date, ...dates.filter(one => one < date)].slice(0, COLUMNS)
  const quality = await dashboard.quality(date)
  const results = await dashboard.results.read(date) // what is broken, the findings tell
  const { counts } = results
  return {
    date,
    nights,
    findings: quality.findings.map(one => ({
      ...one,
      found: shorten(dashboard.mask(one.found), FINDING_SHOWN),
    })),
    series: quality.series,
    tables: tablesOf(counts, quality.series, date),
    steps: counts
      .filter(({ step }) => step !== 'compare')
      .map(({ step, name, rows }) => ({ step, name, rows })),
    events: counts.flatMap(({ name, events }) => (events === undefined ? [] : [{ name, events }])),
    checks: await checksOf(dashboard, nights, results),
  }
}

/** Tables of this night, and those that were brought in the nights before and are missing now. */
function tablesOf(
  counts: readonly Counts[],
  series: readonly CountSeries[],
  date: string,
): readonly TableRow[] {
  const tables = new Map<string, TableRow>()
  // What was brought this night is in the warehouse when it was loaded, too.
  const isLoaded = counts.every(({ step }) => step !== 'load')
  for (const { step, name, nights } of series) {
    const last = nights.findLast(night => isLoaded || night.date < date)?.date ?? null
    if (!BRINGING.has(step)) continue
    tables.set(name, { name, rows: null, newest: null, updated: last, compared: null })
  }
  for (const one of counts) {
    if (!BRINGING.has(one.step) && one.step !== 'load' && one.step !== 'compare') continue
    const known = tables.get(one.name)
    tables.set(one.name, {
      name: one.name,
      rows: one.tableRows ?? known?.rows ?? null,
      newest: latest(one.newest, known?.newest),
      updated: one.step === 'load' ? one.finishedAt : (known?.updated ?? null),
      compared: one.compared ?? known?.compared ?? null,
    })
  }
  return [...tables.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** Steps that bring tables. */
const BRINGING: ReadonlySet<string> = new Set(['mirror', 'pull'])

const latest = (one: string | undefined, other: string | null | undefined): string | null =>
  one === undefined || (other ?? '') > one ? (other ?? null) : one

async function checksOf(
  { results }: Dashboard,
  nights: readonly string[],
  tonight: NightResults,
): Promise<ChecksRow[]> {
  const rows = new Map<string, Record<string, { failed: number; all: number; isFailed: boolean }>>()
  for (const night of nights) {
    for (const one of (await results.digest(night)).models) {
      if (one.checks === 0 && one.state !== 'failed') continue
      const row = rows.get(one.model) ?? {}
      row[night] = { failed: one.failedChecks, all: one.checks, isFailed: one.state === 'failed' }
      rows.set(one.model, row)
    }
  }
  const failing = new Map(
    tonight.models.map(one => [one.model, one.checks.filter(check => !check.passed)]),
  )
  return [...rows]
    .map(([model, own]) => ({ model, nights: own, failing: failing.get(model) ?? [] }))
    .sort((a, b) => (a.model < b.model ? -1 : 1))
}

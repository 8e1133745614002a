import { FerryError } from '../core/errors.ts'
import type { NightQuality } from '../formats/quality.ts'
import type { ResultsArchive } from '../formats/results-archive.ts'
import type { ResultsDigest } from '../formats/results-digest.ts'
import { modelChecks } from './model-checks.ts'
import { nightTables } from './night-tables.ts'
import { nightsUpTo } from './nights-up-to.ts'
import { stepRows } from './step-rows.ts'
import { countSeries, type Holidays } from './unusual/count-series.ts'
import {
  brokenFindings,
  countFindings,
  missingCounts,
  modelFindings,
  unusualCounts,
} from './unusual/findings.ts'

/** Nights looked at: twelve weeks tell rhythm and growth. */
const NIGHTS = 85
/** Nights whose counts are judged, the last ones: the columns of the page of data quality. */
const JUDGED_NIGHTS = 14

export interface QualityOptions {
  readonly directory: string
  readonly date: string
  readonly holidays: Holidays
  readonly now: Date
  readonly results: ResultsArchive
  /**
   * A check that passed over what it cannot read would say that all is well: `refuse` what is broken. A page tells
   * it, and shows the rest: `tell`.
   */
  readonly broken: 'refuse' | 'tell'
  /** Whether rows were out of the ordinary is told of the night alone; of the two weeks before too if not given. */
  readonly isBrief?: boolean
}

/**
 * What is to be said of the data of a night, from the counts of its steps and those of the nights
 * before: errors first. Reads small files only. @throws FerryError DATA_INVALID, LOCAL_IO
 */
export async function checkNight(options: QualityOptions): Promise<NightQuality> {
  const { directory, date, holidays, now, results, broken, isBrief = false } = options
  const dates = await nightsUpTo(directory, date, NIGHTS)
  const nights: ResultsDigest[] = []
  for (const night of dates) nights.push(await results.digest(night)) // one at a time: of the files of all there is too much
  const unread = nights.flatMap(night => night.broken)
  const [first] = unread
  if (broken === 'refuse' && first !== undefined)
    throw new FerryError('DATA_INVALID', first.problem)
  const tonight = await results.read(date)
  const { counts, models } = tonight
  const series = countSeries(nights, holidays, isBrief ? 1 : JUDGED_NIGHTS)
  const findings = [
    ...nights.flatMap(night => brokenFindings(night.broken, night.date === date)),
    ...missingCounts(nights),
    ...counts.flatMap(countFindings),
    ...unusualCounts(series, date),
    ...models.flatMap(modelFindings),
  ]
  const bySeverity = findings.toSorted((a, b) => rank(a.severity) - rank(b.severity))
  const judged = nights.slice(-JUDGED_NIGHTS)
  return {
    version: 1,
    date,
    findings: bySeverity,
    series,
    nights: judged.map(night => night.date).reverse(),
    tables: nightTables(counts, series, date),
    checks: modelChecks(judged, tonight),
    events: counts.flatMap(({ name, events }) => (events === undefined ? [] : [{ name, events }])),
    steps: stepRows(counts),
    finishedAt: now.toISOString(),
  }
}

/** Changes when anything does that the quality of a night is told from. @throws FerryError LOCAL_IO */
export async function qualityVersion({
  directory,
  date,
  results,
}: Pick<QualityOptions, 'directory' | 'date' | 'results'>): Promise<string> {
  const dates = await nightsUpTo(directory, date, NIGHTS)
  return dates.map(night => `${night} ${results.signature(night)}`).join('|')
}

const rank = (severity: 'error' | 'warn'): number => (severity === 'error' ? 0 : 1)

import type { NightQuality } from '../formats/quality.ts'
import { readNightCounts, readNightModels } from '../formats/read-night-results.ts'
import type { PastSteps } from './past-steps.ts'
import { refuseBroken } from './refuse-broken.ts'
import { nightsUpTo } from './nights-up-to.ts'
import { countSeries, type Holidays } from './unusual/count-series.ts'
import { countFindings, missingCounts, modelFindings, unusualCounts } from './unusual/findings.ts'

/** Nights looked at: twelve weeks tell rhythm and growth. */
const NIGHTS = 85

export interface QualityOptions {
  readonly directory: string
  readonly date: string
  readonly holidays: Holidays
  readonly now: Date
  readonly past: PastSteps
}

/**
 * What is to be said of the data of a night, from the counts of its steps and those of the nights
 * before: errors first. Reads small files only. @throws FerryError DATA_INVALID, LOCAL_IO
 */
export async function checkNight(options: QualityOptions): Promise<NightQuality> {
  const { directory, date, holidays, now, past } = options
  const dates = await nightsUpTo(directory, date, NIGHTS)
  const nights = await Promise.all(dates.map(night => past.read(night)))
  const tonight = await readNightCounts(directory, date, refuseBroken)
  const models = await readNightModels(directory, date)
  const series = countSeries(nights, holidays)
  const findings = [
    ...missingCounts(nights),
    ...tonight.flatMap(countFindings),
    ...unusualCounts(series, date),
    ...models.flatMap(modelFindings),
  ]
  const bySeverity = findings.toSorted((a, b) => rank(a.severity) - rank(b.severity))
  return { version: 1, date, findings: bySeverity, series, finishedAt: now.toISOString() }
}

const rank = (severity: 'error' | 'warn'): number => (severity === 'error' ? 0 : 1)

import { join } from 'node:path'
import type { LogicalDate } from '../../../core/logical-date.ts'
import type { ModelFailure, ModelReceipt } from '../../../formats/model-receipt.ts'
import type { Dashboard } from '../../dashboard.ts'
import { stampOf } from '../../nights/night-files.ts'

/** Nights looked back at for a number, when the night in question has none. */
const NIGHTS = 40

export interface LatestResult {
  /** What the numbers are from: of the night in question, or the newest one before it that has some. */
  readonly receipt: ModelReceipt & { readonly result: string }
  /** Why the night in question has none: what failed, or nothing that is known. */
  readonly failure: ModelFailure | null
  readonly isTonight: boolean
}

/** The newest result of each model that writes one, up to a night, by name. */
export async function latestResults(
  { results, nights }: Dashboard,
  date: LogicalDate,
): Promise<ReadonlyMap<string, LatestResult>> {
  const newest = new Map<string, LogicalDate>()
  const dates = nightsBefore(await nights.dates(), date)
  for (const night of dates) {
    for (const { model, hasResult } of (await results.digest(night)).models) {
      if (hasResult && !newest.has(model)) newest.set(model, night)
    }
  }
  const failures = new Map<string, ModelFailure>()
  for (const one of await results.models(date)) {
    if (one.state === 'failed') failures.set(one.model, one)
  }
  const latest: [string, LatestResult][] = []
  for (const [night, models] of Map.groupBy(newest, ([, from]) => from)) {
    const names = new Set(models.map(([name]) => name))
    for (const one of await results.models(night)) {
      if (one.state === 'failed' || one.result === null || !names.has(one.model)) continue
      const receipt = { ...one, result: one.result }
      const failure = failures.get(one.model) ?? null
      latest.push([one.model, { receipt, failure, isTonight: night === date }])
    }
  }
  return new Map(latest.sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Changes when any of the nights does that numbers are taken from. */
export async function latestVersion(
  { project, results, nights }: Dashboard,
  date: LogicalDate,
): Promise<string> {
  const dates = nightsBefore(await nights.dates(), date)
  // The files with the numbers are in the folder itself, put there whole.
  const folders = dates.map(night => join(project, 'results', night))
  const receipts = dates.map(night => `${night} ${results.signature(night)}`).join('|')
  return `${receipts} ${stampOf(folders)}`
}

const nightsBefore = (dates: readonly LogicalDate[], date: LogicalDate): LogicalDate[] =>
  dates.filter(one => one <= date).slice(0, NIGHTS)

import type { LogicalDate } from '../../../core/logical-date.ts'
import type { ModelFailure, ModelReceipt } from '../../../formats/model-receipt.ts'
import { readNightModels } from '../../../formats/read-night-results.ts'
import type { Dashboard } from '../../dashboard.ts'

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
  { project, nights }: Dashboard,
  date: LogicalDate,
): Promise<ReadonlyMap<string, LatestResult>> {
  const results = new Map<string, LatestResult>()
  const failures = new Map<string, ModelFailure>()
  const dates = (await nights.dates()).filter(one => one <= date).slice(0, NIGHTS)
  for (const night of dates) {
    for (const model of await readNightModels(project, night)) {
      if (model.state === 'failed') {
        if (night === date) failures.set(model.model, model)
        continue
      }
      if (model.result === null || results.has(model.model)) continue
      results.set(model.model, {
        receipt: { ...model, result: model.result },
        failure: failures.get(model.model) ?? null,
        isTonight: night === date,
      })
    }
  }
  return new Map([...results].sort(([a], [b]) => (a < b ? -1 : 1)))
}

import type { ModelChecks } from '../formats/quality.ts'
import type { NightResults } from '../formats/results-archive.ts'
import type { ResultsDigest } from '../formats/results-digest.ts'

/** The checks of models over some nights, and those that failed on the last of them: by model. */
export function modelChecks(
  nights: readonly Pick<ResultsDigest, 'date' | 'models'>[],
  tonight: Pick<NightResults, 'models'>,
): ModelChecks[] {
  const byModel = new Map<string, ModelChecks['nights']>()
  for (const { date, models } of nights) {
    for (const { model, checks, failedChecks, state } of models) {
      const isFailed = state === 'failed'
      if (checks === 0 && !isFailed) continue
      const own = byModel.get(model) ?? {}
      own[date] = { failed: failedChecks, all: checks, isFailed }
      byModel.set(model, own)
    }
  }
  const failing = new Map(
    tonight.models.map(one => [one.model, one.checks.filter(check => !check.passed)]),
  )
  return [...byModel]
    .map(([model, own]) => ({ model, nights: own, failing: failing.get(model) ?? [] }))
    .sort((a, b) => (a.model < b.model ? -1 : 1))
}

import type { Counts } from '../formats/counts.ts'
import type { QualityStep } from '../formats/quality.ts'

/** What became of all rows of a night, step by step; of a step with many sources, of those of each too. */
export function stepRows(counts: readonly Counts[]): QualityStep[] {
  return counts
    .filter(({ step }) => step !== 'compare') // it looks at rows, and passes none on
    .map(({ step, name, rows, bySource }) => {
      if (bySource === undefined) return { step, name, rows }
      const sources = Object.entries(bySource).map(([source, own]) => ({ name: source, rows: own }))
      return { step, name, rows, sources }
    })
}

import type { MakeRule } from '../formats/make-rule.ts'
import { qualityPath } from '../formats/quality.ts'

const TARGET = qualityPath('$(TODAY)')

/**
 * The make rules of checking a night: `results/DATE/quality.json`, made after everything that counts
 * something, and part of `checks`. `others`: the rules of the rooms that do the night's work.
 */
export function checkRules(others: readonly MakeRule[]): readonly MakeRule[] {
  const made = others
    .filter(({ phony, recipe }) => phony !== true && recipe.length > 0)
    .map(({ target }) => target)
    .filter(target => /^(results|intermediate)\/\$\(TODAY\)\//.test(target))
  if (made.length === 0) return []
  return [
    { target: 'checks', doubleColon: true, phony: true, prerequisites: [TARGET], recipe: [] },
    {
      target: TARGET,
      prerequisites: made,
      recipe: ['ferry check --date $(TODAY)'],
      description: "what is to be said of the night's data",
    },
  ]
}

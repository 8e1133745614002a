import type { MakeRule } from '../formats/make-rule.ts'
import { qualityPath } from '../formats/quality.ts'

const TARGET = qualityPath('$(TODAY)')

/**
 * The make rules of checking a night: `results/DATE/quality.json`, made after all that the night makes
 * (`wanted`: its targets) and that a room knows, and part of `checks`. `others`: the rules of the rooms.
 */
export function checkRules(
  others: readonly MakeRule[],
  wanted: readonly string[],
): readonly MakeRule[] {
  const aliases = new Map(others.filter(one => one.phony === true).map(one => [one.target, one]))
  const made = new Set<string>()
  const seen = new Set<string>()
  const waiting = ['models', ...wanted].filter(name => aliases.has(name))
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (seen.has(name)) continue
    seen.add(name)
    const alias = aliases.get(name)
    if (alias === undefined) made.add(name)
    else waiting.push(...alias.prerequisites)
  }
  if (made.size === 0) return []
  return [
    { target: 'checks', doubleColon: true, phony: true, prerequisites: [TARGET], recipe: [] },
    {
      target: TARGET,
      prerequisites: [...made].sort(),
      recipe: ['ferry check --date $(TODAY)'],
      description: "what is to be said of the night's data",
    },
  ]
}

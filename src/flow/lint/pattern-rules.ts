import { joinLines, type MakeRecipe } from '../make-database.ts'

export interface PatternRule {
  /** `results/%.csv`; several when one run of the recipe makes them all. */
  readonly targets: readonly string[]
  readonly prerequisites: readonly string[]
  readonly recipe: MakeRecipe
}

/** The part `# Implicit Rules` of make's database, without its built-in rules. */
export function parsePatternRules(output: string): PatternRule[] {
  const start = output.lastIndexOf('\n# Implicit Rules\n')
  if (start === -1) return []
  const end = output.indexOf('\n# Files\n', start)
  const rules: PatternRule[] = []
  for (const block of output.slice(start, end === -1 ? undefined : end).split(/\n\n+/)) {
    const lines = block.split('\n')
    const header = lines.findIndex(line => !line.startsWith('#') && /:/.test(line))
    const recipeAt = lines.findIndex(line => line.startsWith('#  recipe to execute'))
    const place = /\(from '(.*)', line (\d+)\)/.exec(lines[recipeAt] ?? '')
    if (header === -1 || place === null) continue
    const [targets = '', needs = ''] = (lines[header] ?? '').split(/::?(?:\s|$)/, 2)
    rules.push({
      targets: targets.split(' ').filter(Boolean),
      prerequisites: needs.split(' ').filter(name => name !== '' && name !== '|'),
      recipe: {
        lines: joinLines(lines.slice(recipeAt + 1).map(line => line.slice(1))),
        file: place[1],
        line: Number(place[2]),
      },
    })
  }
  return rules
}

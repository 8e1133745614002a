import { type Finding, finding } from './finding.ts'
import { type MakeView, OWN_FOLDER, RULES_FILE } from './make-view.ts'
import { placeOfRule, placeOfTarget } from './places.ts'
import { parseShell } from './shell-words.ts'

/** What Ferry itself calls, or a person at any time: extended by makefiles, reached by nobody. */
const STANDARD_TARGETS = [
  'scaffold',
  'cleanup',
  'backup',
  'nuke',
  'clean-test',
  'list-all-targets',
  'help',
  'models',
  'checks',
  RULES_FILE,
]

/** Targets and pattern rules that no night and no default goal comes to. */
export function unreachableTargets(view: MakeView, nightly: readonly string[]): Finding[] {
  const roots = [...nightly, ...STANDARD_TARGETS, ...view.makefiles]
  if (view.defaultGoal !== undefined) roots.push(view.defaultGoal)
  const reached = reach(view, roots)
  const findings: Finding[] = []
  for (const name of view.explicit) {
    if (reached.has(name) || name.startsWith(OWN_FOLDER)) continue
    const place = placeOfTarget(view, name)
    if (place.file.startsWith(OWN_FOLDER)) continue // written by Ferry, for use by hand too
    findings.push(finding('unreachable-target', place, `no target of the night needs \`${name}\``))
  }
  for (const rule of view.patterns) {
    if (rule.recipe.file?.startsWith(OWN_FOLDER) === true) continue
    const used = [...reached].some(name => {
      const recipe = view.targets.get(name)?.recipes[0]
      return recipe?.file === rule.recipe.file && recipe?.line === rule.recipe.line
    })
    if (used) continue
    const names = rule.targets.map(name => `\`${name}\``).join(' ')
    findings.push(
      finding(
        'unreachable-target',
        placeOfRule(view, rule.recipe),
        `no target of the night matches the pattern ${names}`,
      ),
    )
  }
  return findings
}

function reach(view: MakeView, roots: readonly string[]): Set<string> {
  const reached = new Set<string>()
  const waiting = [...roots]
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const target = view.targets.get(name)
    if (target === undefined || reached.has(name)) continue
    reached.add(name)
    waiting.push(...target.prerequisites, ...target.orderOnly, ...target.alsoMakes)
    waiting.push(...goalsOfSubmakes(view, name))
  }
  return reached
}

/** `$(MAKE) other` in a recipe reaches `other`. */
function goalsOfSubmakes(view: MakeView, name: string): string[] {
  const text = (view.commands.get(name) ?? []).join('\n')
  if (!/make/.test(text)) return []
  return parseShell(text)
    .filter(command => command.words.some(word => /(^|\/)g?make$/.test(word)))
    .flatMap(command => command.words.filter(word => view.explicit.has(word)))
}

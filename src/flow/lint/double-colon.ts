import { type Finding, finding } from './finding.ts'
import { type MakeView, RULES_FILE } from './make-view.ts'
import { placeOfRule, placeOfTarget } from './places.ts'

/**
 * Double-colon targets that GNU make 4.3 does not wait for. Under `-j`, when the second rule of one has
 * to wait (for a free job, for a prerequisite), the second and every further dependant finds the first
 * rule done and starts. One dependant alone is safe.
 */
export function earlyDependants(view: MakeView): Finding[] {
  const findings: Finding[] = []
  for (const target of view.targets.values()) {
    if (!target.doubleColon || target.recipes.length < 2) continue
    const { name } = target
    const dependants = [...view.targets.values()].filter(
      one => one.prerequisites.includes(name) || one.orderOnly.includes(name),
    )
    if (dependants.length < 2) continue
    const own = target.recipes.find(recipe => recipe.file !== RULES_FILE)
    const place = own === undefined ? placeOfTarget(view, name) : placeOfRule(view, own)
    const message = `make may start what depends on \`${name}\` when only the first of its ${target.recipes.length} rules is done; let one target depend on it (\`ready: | ${name} ;\`), and the others on that`
    findings.push(finding('double-colon', place, message))
  }
  return findings
}

import { type Finding, finding } from './finding.ts'
import { type MakeView, RULES_FILE } from './make-view.ts'
import { placeOfRule, placeOfTarget } from './places.ts'

/**
 * Double-colon targets that GNU make 4.3 does not wait for. A target is looked at by its first rule
 * alone: while the prerequisites of another rule are being made (`-j`), the second and every further
 * dependant finds the target made, and starts.
 */
export function earlyDependants(view: MakeView): Finding[] {
  const findings: Finding[] = []
  for (const target of view.targets.values()) {
    if (!target.doubleColon || target.recipes.length < 2) continue
    const needs = [...target.prerequisites, ...target.orderOnly].filter(
      name => (view.targets.get(name)?.recipes.length ?? 0) > 0,
    )
    const dependants = [...view.targets.values()].filter(one =>
      [...one.prerequisites, ...one.orderOnly].includes(target.name),
    )
    const [need] = needs
    if (need === undefined || dependants.length < 2) continue
    const own = target.recipes.find(recipe => recipe.file !== RULES_FILE)
    const place = own === undefined ? placeOfTarget(view, target.name) : placeOfRule(view, own)
    const message = `\`${target.name}::\` needs \`${need}\`, and GNU make may start what depends on \`${target.name}\` before; let those depend on \`${need}\` themselves`
    findings.push(finding('double-colon', place, message))
  }
  return findings
}

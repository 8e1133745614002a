import type { MakeRecipe } from '../make-database.ts'
import type { Place } from './finding.ts'
import { type MakeView, RULES_FILE } from './make-view.ts'

/**
 * Where a target stands. make says where recipes start, not where rules do: the rule is the nearest
 * line above that is none of a recipe. A rule without a recipe is looked up by its name.
 */
export function placeOfTarget(view: MakeView, name: string): Place {
  const recipe = view.targets.get(name)?.recipes[0]
  if (recipe?.file !== undefined && recipe.line !== undefined) return placeOfRule(view, recipe)
  for (const [file, lines] of view.lines) {
    if (file === RULES_FILE) continue
    const at = lines.findIndex(line => namesTarget(line, name))
    if (at !== -1) return { file, line: at + 1 }
  }
  const rules = view.lines.get(RULES_FILE)?.findIndex(line => namesTarget(line, name)) ?? -1
  if (rules !== -1) return { file: RULES_FILE, line: rules + 1 }
  return { file: view.makefiles[0] ?? 'makefile', line: 1 }
}

export function placeOfRule(view: MakeView, recipe: MakeRecipe): Place {
  const file = recipe.file ?? view.makefiles[0] ?? 'makefile'
  const lines = view.lines.get(file) ?? []
  let line = recipe.line ?? 1
  const continued = (at: number): boolean => lines[at - 2]?.endsWith('\\') === true
  while (line > 1 && (/^(\t|\s*(#|$))/.test(lines[line - 1] ?? '') || continued(line))) line -= 1
  return { file, line }
}

/** Where the `index`th line of a recipe stands, counted as make does: continued lines are one. */
export function placeOfRecipeLine(view: MakeView, recipe: MakeRecipe, index: number): Place {
  const file = recipe.file ?? view.makefiles[0] ?? 'makefile'
  const before = recipe.lines.slice(0, index).join('\n')
  const physical = index === 0 ? 0 : before.split('\n').length
  return { file, line: (recipe.line ?? 1) + physical }
}

/** The word before a colon; a name that came out of variables is not found this way. */
function namesTarget(line: string, name: string): boolean {
  if (line.startsWith('\t') || line.startsWith('#')) return false
  const colon = /^([^=#]*?)&?::?(?!=)/.exec(line)?.[1]
  return colon?.split(/\s+/).includes(name) === true
}

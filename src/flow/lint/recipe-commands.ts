import type { Place } from './finding.ts'
import type { MakeView } from './make-view.ts'
import { placeOfRecipeLine, placeOfTarget } from './places.ts'
import { parseShell, type ShellCommand } from './shell-words.ts'

/** One line of a recipe as the shell gets it. */
export interface RecipeLine {
  readonly target: string
  readonly place: Place
  readonly text: string
  readonly commands: readonly ShellCommand[]
}

/** Every line of every recipe that make would run, with its place. */
export function recipeLines(view: MakeView): RecipeLine[] {
  const result: RecipeLine[] = []
  for (const [name, lines] of view.commands) {
    const places = placesOfLines(view, name, lines.length)
    for (const [index, text] of lines.entries()) {
      const place = places[index] ?? placeOfTarget(view, name)
      result.push({ target: name, place, text, commands: parseShell(text) })
    }
  }
  return result
}

/** Where as many lines ran as are written, each has its own place; else all have their recipe's. */
function placesOfLines(view: MakeView, name: string, count: number): Place[] {
  const recipes = view.targets.get(name)?.recipes ?? []
  const written = recipes.flatMap(recipe =>
    recipe.lines.map((_, index) => placeOfRecipeLine(view, recipe, index)),
  )
  return written.length === count ? written : []
}

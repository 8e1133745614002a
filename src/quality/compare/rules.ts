import type { MakeRule } from '../../formats/make-rule.ts'

/** The make target after which a table is in the warehouse. */
export const loadedTarget = (name: string): string => `intermediate/$(TODAY)/load/${name}`

/** The make target of a table's comparison: its report, written when nothing is wrong. */
const compareTarget = (name: string): string => `intermediate/$(TODAY)/compare/${name}`

/**
 * The make rules of nightly comparisons: one target a mirrored table, made after its load, and the
 * alias `compare`. Pure; the names are those of tables that are mirrored, loaded and to be compared.
 */
export function compareRules(names: readonly string[]): readonly MakeRule[] {
  if (names.length === 0) return []
  return [
    {
      target: 'compare',
      prerequisites: names.map(compareTarget),
      recipe: [],
      phony: true,
      description: 'every mirrored table, held against its source',
    },
    ...names.map(name => ({
      target: compareTarget(name),
      prerequisites: [loadedTarget(name)],
      recipe: [`ferry compare ${quote(name)} --date $(TODAY)`],
    })),
  ]
}

/** As the shell and make take it. */
const quote = (name: string): string =>
  /^[\w.-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''").replaceAll('$', '$$$$')}'`

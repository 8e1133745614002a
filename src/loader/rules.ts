import type { MakeRule } from '../formats/make-rule.ts'

/** A table that a source delivers. */
export interface DeliveredTable {
  /** `production.tasks` */
  readonly name: string
  readonly from: 'mirror' | 'pull'
}

/**
 * The make rules of loads: one target a table, made after its delivery, and the alias `load`. Loads of
 * one warehouse may run side by side; each waits for its own delivery only. Pure.
 */
export function loadRules(tables: readonly DeliveredTable[]): readonly MakeRule[] {
  if (tables.length === 0) return []
  const target = (name: string): string => `intermediate/$(TODAY)/load/${name}`
  return [
    {
      target: 'load',
      prerequisites: tables.map(({ name }) => target(name)),
      recipe: [],
      phony: true,
      description: 'every table of every source, in the warehouse',
    },
    ...tables.map(
      ({ name, from }): MakeRule => ({
        target: target(name),
        prerequisites: [`intermediate/$(TODAY)/${from}/${name}`],
        recipe: [`ferry load ${name} --date $(TODAY)`],
      }),
    ),
  ]
}

import type { SourceConfig } from '../databases/config.ts'
import type { MakeRule } from '../formats/make-rule.ts'
import { tasksOf } from './table-task.ts'

/** The make target of a mirrored table: its manifest. */
export const mirrorTarget = (name: string): string => `intermediate/$(TODAY)/mirror/${name}`

/**
 * The make rules of mirroring: one target a table, so that a retry reads only what is missing, and the
 * aliases `mirror` and `mirror-SOURCE`. None without tables. Pure.
 */
export function mirrorRules(sources: Readonly<Record<string, SourceConfig>>): readonly MakeRule[] {
  const tables = Object.entries(sources).flatMap(([source, config]) => {
    const names = tasksOf(source, config).map(({ name }) => name)
    return names.length === 0 ? [] : [{ source, names }]
  })
  if (tables.length === 0) return []
  return [
    {
      target: 'mirror',
      prerequisites: tables.map(({ source }) => `mirror-${source}`),
      recipe: [],
      phony: true,
      description: 'every table of every source, as files',
    },
    ...tables.flatMap(({ source, names }) => [
      {
        target: `mirror-${source}`,
        prerequisites: names.map(mirrorTarget),
        recipe: [],
        phony: true,
      },
      ...names.map(name => ({
        target: mirrorTarget(name),
        prerequisites: [],
        recipe: [`ferry mirror ${quote(name)} --date $(TODAY)`],
      })),
    ]),
  ]
}

/** As the shell and make take it. */
const quote = (name: string): string =>
  /^[\w.-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''").replaceAll('$', '$$$$')}'`

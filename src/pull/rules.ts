import type { MakeRule } from '../formats/make-rule.ts'
import type { PullConfig, PullSourceConfig } from './config.ts'
import { tablesOf } from './table-plan.ts'

/** The make target of a pulled table: its manifest. */
export const pullTarget = (name: string): string => `intermediate/$(TODAY)/pull/${name}`

/**
 * The make rules of outside sources: `pull`, `pull-SOURCE`, and the manifest of each table. The tables
 * of a Singer tap come from one run of it, whose target is `.../pull/SOURCE`. Pure.
 */
export function pullRules(config: PullConfig): readonly MakeRule[] {
  const sources = Object.entries(config)
  if (sources.length === 0) return []
  return [
    {
      target: 'pull',
      prerequisites: sources.map(([source]) => `pull-${source}`),
      recipe: [],
      phony: true,
      description: 'all outside sources',
    },
    ...sources.flatMap(([source, one]) => sourceRules(source, one)),
  ]
}

function sourceRules(source: string, config: PullSourceConfig): readonly MakeRule[] {
  const tables = tablesOf(source, config)
  if (config.singer !== undefined) return singerRules(source, config)
  const alias = {
    target: `pull-${source}`,
    prerequisites: tables.map(({ name }) => pullTarget(name)),
    recipe: [],
    phony: true,
  }
  const rules = tables.map(({ name, own }) => ({
    target: pullTarget(name),
    prerequisites: own.each === undefined ? [] : [pullTarget(`${source}.${own.each}`)],
    recipe: [`ferry pull ${name} --date $(TODAY)`],
  }))
  return [alias, ...rules]
}

function singerRules(source: string, config: PullSourceConfig): readonly MakeRule[] {
  const whole = pullTarget(source)
  const tables = Object.keys(config.tables).map(table => ({
    target: pullTarget(`${source}.${table}`),
    prerequisites: [],
    // Written before the target of the whole: by its age it would always have to be made again.
    orderOnly: [whole],
    recipe: [`test -e $@ || ferry pull ${source} --date $(TODAY)`],
  }))
  return [
    { target: `pull-${source}`, prerequisites: [whole], recipe: [], phony: true },
    { target: whole, prerequisites: [], recipe: [`ferry pull ${source} --date $(TODAY)`] },
    ...tables,
  ]
}

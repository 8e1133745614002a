import { FerryError } from '../core/errors.ts'
import { nearestName } from '../core/nearest.ts'
import type { PullConfig, PullSourceConfig, PullTableConfig } from './config.ts'

/** One table of an outside source, with what its source says of all. */
export interface TablePlan {
  readonly source: string
  readonly table: string
  /** `SOURCE.TABLE`, as targets and files are called. */
  readonly name: string
  readonly config: PullSourceConfig
  readonly key: readonly string[]
  /** Of its own; in `config` they are those of the source where it has none. */
  readonly own: PullTableConfig
}

const NAME = /^[A-Za-z_][\w-]*$/

/** The tables of a source: those of `tables`, or one that is named as the source. */
export function tablesOf(source: string, config: PullSourceConfig): readonly TablePlan[] {
  const tables = Object.entries(config.tables)
  if (tables.length === 0) return [planOf(source, config.table ?? source, config, {})]
  return tables.map(([table, own]) => planOf(source, table, config, own))
}

export function planOf(
  source: string,
  table: string,
  config: PullSourceConfig,
  own: PullTableConfig,
): TablePlan {
  for (const name of [source, table]) {
    // It becomes the name of a file, of a make target and of a schema.
    if (!NAME.test(name)) {
      throw new FerryError(
        'CONFIG_INVALID',
        `\`${name}\` cannot be the name of a source or a table`,
        {
          hint: 'use letters, digits, _ and -, and begin with a letter',
        },
      )
    }
  }
  const { each: _each, add: _add, url: _url, ...shared } = own
  const merged = {
    ...config,
    ...defined(shared),
    headers: { ...config.headers, ...own.headers },
    params: { ...config.params, ...own.params },
  }
  return {
    source,
    table,
    name: `${source}.${table}`,
    config: merged,
    key: merged.key ?? [],
    own,
  }
}

/** Without members that are there and undefined: they must not hide those of the source. */
function defined<Given extends object>(
  given: Given,
): { [Key in keyof Given]?: NonNullable<Given[Key]> } {
  const entries = Object.entries(given).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as { [Key in keyof Given]?: NonNullable<Given[Key]> } // of Given
}

/**
 * The sources and tables that `SOURCE` or `SOURCE.TABLE` name; all where nothing is named.
 * @throws FerryError USAGE
 */
export function choose(config: PullConfig, names: readonly string[]): readonly TablePlan[] {
  const all = Object.entries(config).flatMap(([source, one]) => tablesOf(source, one))
  if (names.length === 0) return all
  const chosen = names.flatMap(name => {
    const found = all.filter(plan => plan.name === name || plan.source === name)
    if (found.length > 0) return found
    const near = nearestName(name, [...Object.keys(config), ...all.map(plan => plan.name)])
    throw new FerryError('USAGE', `no \`${name}\` under \`pull:\` in ferry.yaml`, {
      hint:
        near === undefined
          ? `there are: ${Object.keys(config).join(', ') || 'none'}`
          : `did you mean \`${near}\`?`,
    })
  })
  return [...new Set(chosen)]
}

import { FerryError } from '../../core/errors.ts'
import { nearestName } from '../../core/nearest.ts'
import type { Relation } from '../../databases/dialect.ts'
import type { WarehouseConfig } from '../../databases/config.ts'
import { loadConfig } from '../../loader/config.ts'
import type { TableSettings } from '../../loader/load-request.ts'
import type { StageSettings } from '../../loader/stage.ts'
import { asFolder } from '../../formats/object-url.ts'
import type { CommandContext } from '../command.ts'
import { objectLocation } from '../object-location.ts'
import type { PartSource } from '../../loader/open-part.ts'
import type { Project } from '../project.ts'
import type { LoadOptions } from './load-options.ts'

export interface LoadSetting {
  readonly project: Project
  readonly source: PartSource
  readonly options: LoadOptions
}

/** `load.tables.NAME` over `load`, and what the command line says over both. @throws FerryError USAGE */
export function tableSettings(
  table: string,
  { config }: Pick<Project, 'config'>,
  options: LoadOptions,
): TableSettings {
  const own = config.load.tables[table] ?? { columns: {} }
  const { max_rejected, on_schema_change } = config.load
  return {
    ...own,
    max_rejected: own.max_rejected ?? max_rejected,
    on_schema_change: own.on_schema_change ?? on_schema_change,
    ...given(options),
  }
}

function given(options: LoadOptions): Partial<TableSettings> {
  const { strategy, key, 'max-rejected': maxRejected } = options
  const said = { strategy, ...(key.length === 0 ? {} : { key }), max_rejected: maxRejected }
  const read = loadConfig.safeParse({ tables: { given: said } })
  if (!read.success) {
    const [issue] = read.error.issues
    const name = String(issue?.path[2] ?? '').replace('_', '-')
    throw new FerryError('USAGE', `--${name}: ${issue?.message}`)
  }
  const { columns: _, ...set } = read.data.tables['given'] ?? {}
  return Object.fromEntries(Object.entries(set).filter(([, value]) => value !== undefined))
}

/** `production.tasks` lands in a schema named after its source. */
export function targetOf(table: string): Relation {
  const dot = table.indexOf('.')
  return dot === -1 ? { name: table } : { schema: table.slice(0, dot), name: table.slice(dot + 1) }
}

export interface NamedWarehouse {
  readonly name: string
  readonly url: string
  readonly config: WarehouseConfig
}

/** Where a table goes: `--on`, else `into`, else the first warehouse. @throws FerryError USAGE */
export function warehousesOf(
  table: string,
  { config }: Pick<Project, 'config'>,
  { on }: Pick<LoadOptions, 'on'>,
): readonly NamedWarehouse[] {
  const { warehouses, load } = config
  const known = Object.keys(warehouses)
  const names =
    on === undefined ? (load.tables[table]?.into ?? load.into ?? known.slice(0, 1)) : [on]
  return names.map(name => {
    const found = warehouses[name]
    if (found !== undefined) return { name, url: found.url, config: found }
    const near = nearestName(name, known)
    throw new FerryError('USAGE', `no warehouse \`${name}\` in ferry.yaml`, {
      hint: near === undefined ? `there are: ${known.join(', ')}` : `did you mean \`${near}\`?`,
    })
  })
}

/** Where files are put for a warehouse that fetches them itself. @throws FerryError USAGE, CONFIG_INVALID */
export async function stageOf(
  config: WarehouseConfig,
  context: CommandContext,
): Promise<StageSettings | undefined> {
  if (!('stage' in config) || config.stage === undefined) return undefined
  const { stage, identity, region, slots } = config
  const isStore = !/[:/\\]/.test(stage)
  const url = asFolder(await objectLocation(isStore ? `${stage}:` : stage, context))
  return { url, identity, region, slots }
}

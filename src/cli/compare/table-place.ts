import { FerryError } from '../../core/errors.ts'
import { nearestName } from '../../core/nearest.ts'
import { maskUrl } from '../../core/mask-url.ts'
import type { TableConfig } from '../../databases/config.ts'
import type { Relation } from '../../databases/dialect.ts'
import type { TablePlace } from '../../quality/compare/open-comparison.ts'
import type { CommandContext } from '../command.ts'
import { databaseTarget } from '../database-target.ts'
import { findProject, openProject, type ProjectConfig } from '../project.ts'

/** A table that a command names, and what ferry.yaml says of it when it is a source's. */
export interface NamedTable {
  readonly place: TablePlace
  readonly mirrored:
    | {
        readonly source: string
        readonly table: string
        readonly settings: TableConfig
      }
    | undefined
}

export interface TableName {
  /** `SOURCE.TABLE` of ferry.yaml, `NAME:[SCHEMA.]TABLE` of a warehouse or a source, or a URL. */
  readonly text: string
  /** The table of a URL. */
  readonly table: string | undefined
  readonly where: readonly string[]
}

/** @throws FerryError USAGE, CONFIG_INVALID */
export async function tablePlace(name: TableName, context: CommandContext): Promise<NamedTable> {
  const config = await configAround(context)
  const [, database = '', relation = ''] = /^([^:./]+):([^/].*)$/.exec(name.text) ?? []
  const names = { ...config?.warehouses, ...config?.sources }
  if (database in names) return await place(name, database, relationOf(relation), context)
  if (/^[a-z][a-z0-9+]*:/.test(name.text)) {
    if (name.table !== undefined) {
      return await place(name, name.text, relationOf(name.table), context)
    }
    throw new FerryError('USAGE', `which table of \`${maskUrl(name.text)}\`?`, {
      hint: 'name it: --table [SCHEMA.]TABLE',
    })
  }
  return await mirroredTable(name, config, context)
}

async function configAround({
  directory,
  environment,
}: CommandContext): Promise<ProjectConfig | undefined> {
  if (findProject(directory) === undefined) return undefined
  return (await openProject(directory, environment)).config
}

async function mirroredTable(
  name: TableName,
  config: ProjectConfig | undefined,
  context: CommandContext,
): Promise<NamedTable> {
  const [source = '', ...rest] = name.text.split('.')
  const table = rest.join('.')
  const settings = config?.sources[source]?.tables[table]
  if (settings === undefined) {
    const all = Object.entries(config?.sources ?? {}).flatMap(([one, { tables }]) =>
      Object.keys(tables).map(each => `${one}.${each}`),
    )
    const near = nearestName(name.text, all)
    throw new FerryError('USAGE', `no table \`${name.text}\` under \`sources\` of ferry.yaml`, {
      hint:
        near === undefined
          ? 'write SOURCE.TABLE, NAME:[SCHEMA.]TABLE, or a URL and --table'
          : `did you mean \`${near}\`?`,
    })
  }
  const relation = relationOf(settings.table ?? table)
  const where = settings.where === undefined ? [] : [settings.where]
  const named = { ...name, where: [...where, ...name.where] }
  const { place: found } = await place(named, source, relation, context)
  return { place: found, mirrored: { source, table, settings } }
}

async function place(
  { text, where }: TableName,
  database: string,
  relation: Relation,
  context: CommandContext,
): Promise<NamedTable> {
  const { url, projectDirectory } = await databaseTarget(database, context)
  const { environment, signal } = context
  const isUrl = database === text
  const title = isUrl ? [relation.schema, relation.name].filter(Boolean).join('.') : text
  const target = { url, projectDirectory, environment, signal }
  return { place: { title, target, relation, where }, mirrored: undefined }
}

/** `billing.invoices` lies in the schema `billing`. */
export function relationOf(text: string): Relation {
  const dot = text.indexOf('.')
  return dot === -1 ? { name: text } : { schema: text.slice(0, dot), name: text.slice(dot + 1) }
}

import { FerryError } from '../core/errors.ts'
import type { SourceConfig } from '../databases/config.ts'
import type { Relation } from '../databases/dialect.ts'
import type { TableDescription } from '../formats/table-manifest.ts'

export type MirrorMode = TableDescription['delivery']['mode']

/** A table that is to be mirrored, as ferry.yaml describes it, with what its source says of all. */
export interface TableTask {
  readonly source: string
  /** In ferry.yaml and in the warehouse. */
  readonly table: string
  /** `production.tasks` */
  readonly name: string
  /** In the database. */
  readonly relation: Relation
  readonly mode: MirrorMode
  /** Of ferry.yaml; else the catalog's. */
  readonly key: readonly string[] | undefined
  /** The column that an increment goes by; of mode `incremental` and `append`. */
  readonly cursor: string | undefined
  readonly updatedAt: string | undefined
  readonly deletedAt: string | undefined
  /** Undefined: all of them. */
  readonly columns: readonly string[] | undefined
  readonly where: readonly string[]
  readonly chunks: number
  readonly overlapMs: number | undefined
  readonly onSchemaChange: 'add' | 'ignore' | 'fail'
}

/** All tables of a source that are to be mirrored; those that another make target loads are not. */
export function tasksOf(source: string, config: SourceConfig): readonly TableTask[] {
  if (!config.mirror) return []
  return Object.entries(config.tables).flatMap(([table, settings]) =>
    settings.target === undefined ? [taskOf(source, config, table)] : [],
  )
}

/** @throws FerryError CONFIG_INVALID: settings that contradict each other, no such table */
export function taskOf(source: string, config: SourceConfig, table: string): TableTask {
  const settings = config.tables[table]
  const name = `${source}.${table}`
  if (settings === undefined) {
    throw new FerryError('CONFIG_INVALID', `no table \`${table}\` under \`sources.${source}\``, {
      hint: `add it to ferry.yaml, or see what there is: ferry mirror discover ${source}`,
    })
  }
  const cursor = settings.cursor ?? settings.updated_at
  const mode = settings.mode ?? (cursor === undefined ? 'full' : 'incremental')
  const goesByCursor = mode === 'incremental' || mode === 'append'
  if (goesByCursor && cursor === undefined) {
    throw new FerryError(
      'CONFIG_INVALID',
      `\`${name}\`: mode \`${mode}\` needs a column that grows`,
      {
        hint: 'name it: `updated_at`, or `cursor` for a number',
      },
    )
  }
  return {
    source,
    table,
    name,
    relation: relationOf(settings.table ?? table),
    mode,
    key: settings.key,
    cursor: goesByCursor ? cursor : undefined,
    updatedAt: settings.updated_at,
    deletedAt: settings.deleted_at,
    columns: settings.columns,
    where: settings.where === undefined ? [] : [settings.where],
    chunks: settings.chunks ?? 1,
    overlapMs: settings.overlap ?? config.overlap,
    onSchemaChange: settings.on_schema_change ?? config.on_schema_change ?? 'add',
  }
}

/** `billing.invoices` lies in the schema `billing`. */
function relationOf(text: string): Relation {
  const dot = text.indexOf('.')
  return dot === -1 ? { name: text } : { schema: text.slice(0, dot), name: text.slice(dot + 1) }
}

import * as z from 'zod'
import { byteSize, duration } from '../core/config-values.ts'

/** `warehouses.NAME`: a URL, or a mapping with one. */
export const warehouseConfig = z.union([
  z.string().transform((url): { url: string } => ({ url })),
  z.strictObject({
    url: z.string().meta({ description: 'duckdb:PATH, postgres://..., mysql://...' }),
    schema: z.string().optional().meta({ description: 'where models are published' }),
    stage: z.string().optional().meta({
      description: 'a store or URL from which the warehouse itself fetches what is loaded',
    }),
    slots: z
      .int()
      .min(1)
      .optional()
      .meta({ description: 'slices of the cluster: parts are a multiple of this' }),
    identity: z
      .string()
      .optional()
      .meta({ description: 'by which the warehouse may read the stage, in its own words' }),
    region: z.string().optional().meta({ description: "of the stage, when not the warehouse's" }),
  }),
])

const name = z.string().min(1)

/** Names of sources and tables become names of files and folders, some of which are swept. */
export const fileName = z
  .string()
  .regex(/^[^/\p{Cc}]+$/u, 'has no slash (`table:` says what it is called in the database)')

/** One name, or some. */
const names = z.union([name.transform(one => [one]), z.array(name).min(1)])

/** What a source says of all its tables, and a table of itself. */
const readingConfig = {
  on_schema_change: z
    .enum(['add', 'ignore', 'fail'])
    .optional()
    .meta({ description: 'what becomes of columns that come, go or change' }),
  overlap: duration
    .optional()
    .meta({ description: 'how far an increment reaches back behind what it must' }),
}

/** `compare:` of a source: how its tables are held against the warehouse, each night. */
const compareConfig = z.union([
  z.literal(false).meta({ description: 'not at all' }),
  z.strictObject({
    above: z
      .int()
      .min(0)
      .default(100_000)
      .meta({ description: 'tables of more rows are compared by a share of their keys' }),
    share: z
      .union([z.literal('auto'), z.number().gt(0).max(1)])
      .default('auto')
      .meta({ description: 'of their keys each night, in turn; auto: a tenth of the time' }),
    repair: z
      .boolean()
      .default(true)
      .meta({ description: 'rows that differ are read and written anew' }),
  }),
])

const tableConfig = z.strictObject({
  table: name.optional().meta({ description: 'its name in the database, when it is another' }),
  mode: z.enum(['full', 'incremental', 'append', 'snapshot']).optional(),
  key: names.optional().meta({ description: 'the columns that tell one row from all others' }),
  updated_at: name.optional().meta({ description: 'the column of the last change' }),
  deleted_at: name.optional().meta({ description: 'the column that is set by a soft deletion' }),
  cursor: name.optional().meta({ description: 'the column that grows' }),
  columns: names.optional().meta({ description: 'those that are taken' }),
  where: name.optional().meta({ description: "a condition in the database's SQL" }),
  chunks: z.int().min(1).max(256).optional().meta({ description: 'ranges that are read at once' }),
  ...readingConfig,
  target: z
    .union([z.string(), z.literal(false)])
    .optional()
    .meta({ description: 'the make target that loads it; false when nothing needs to' }),
})

export type TableConfig = z.output<typeof tableConfig>

/** `sources.NAME`: a production database and the tables that are taken from it. */
export const sourceConfig = z.strictObject({
  url: z.string(),
  mirror: z
    .boolean()
    .default(true)
    .meta({ description: 'false: rules of your own take and load its tables' }),
  replica: z.string().optional().meta({ description: 'the URL that is read from, when another' }),
  connections: z.int().min(1).max(1_000).default(3).meta({ description: 'at once, at most' }),
  rows_per_second: z.int().min(1).optional().meta({ description: 'of all its tables together' }),
  snapshot_age: duration
    .default(3 * 3_600_000)
    .meta({ description: 'how old a snapshot may grow' }),
  statement_timeout: duration.default(3 * 3_600_000),
  lock_timeout: duration.default(60_000),
  ...readingConfig,
  stage: z.string().optional().meta({ description: 'a store or a URL for the files' }),
  format: z.enum(['csv', 'parquet']).default('csv'),
  compress: z.enum(['zstd', 'gzip', 'none']).default('zstd'),
  compare: compareConfig.prefault({}),
  part_size: byteSize.default(64_000_000).meta({ description: 'of a file, about' }),
  tables: z
    .record(fileName, z.union([tableConfig, z.null().transform((): TableConfig => ({}))]))
    .default({}),
})

export type WarehouseConfig = z.output<typeof warehouseConfig>
export type SourceConfig = z.output<typeof sourceConfig>

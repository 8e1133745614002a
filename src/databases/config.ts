import * as z from 'zod'
import { notYet } from '../core/not-yet.ts'

/** `warehouses.NAME`: a URL, or a mapping with one. */
export const warehouseConfig = z.union([
  z.string().transform(url => ({ url })),
  z.strictObject({
    url: z.string().meta({ description: 'duckdb:PATH, postgres://..., mysql://...' }),
    schema: z.string().optional().meta({ description: 'where models are published' }),
    stage: notYet('`ferry load`'),
    slots: notYet('`ferry load`'),
  }),
])

const mirrored = notYet('`ferry mirror`')

const tableConfig = z.strictObject({
  key: mirrored,
  updated_at: mirrored,
  deleted_at: mirrored,
  columns: mirrored,
  mode: mirrored,
  cursor: mirrored,
  chunks: mirrored,
  where: mirrored,
  target: z
    .union([z.string(), z.literal(false)])
    .optional()
    .meta({ description: 'the make target that loads it; false when nothing needs to' }),
})

/** `sources.NAME`: a production database and the tables that are taken from it. */
export const sourceConfig = z.strictObject({
  url: z.string(),
  connections: mirrored,
  tables: z.record(z.string(), z.union([tableConfig, z.null().transform(() => ({}))])).default({}),
})

export type WarehouseConfig = z.output<typeof warehouseConfig>
export type SourceConfig = z.output<typeof sourceConfig>

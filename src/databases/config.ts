import * as z from 'zod'

/** `warehouses.NAME`: a URL, or a mapping with one. */
export const warehouseConfig = z.union([
  z.string().transform(url => ({ url })),
  z.strictObject({
    url: z.string().meta({ description: 'duckdb:PATH, postgres://...' }),
    schema: z.string().optional().meta({ description: 'where models are published' }),
    stage: z.string().optional().meta({ description: 'the store where loads are staged' }),
    slots: z.int().min(1).optional().meta({ description: 'queries at once' }),
  }),
])

const tableConfig = z.strictObject({
  key: z.union([z.string(), z.array(z.string())]).optional(),
  updated_at: z.string().optional(),
  deleted_at: z.string().optional(),
  columns: z.array(z.string()).optional(),
  mode: z.enum(['full', 'incremental', 'append', 'snapshot']).optional(),
  cursor: z.string().optional(),
  chunks: z.int().min(1).optional(),
  where: z.string().optional(),
  target: z
    .union([z.string(), z.literal(false)])
    .optional()
    .meta({ description: 'the make target that loads it; false when nothing needs to' }),
})

/** `sources.NAME`: a production database and the tables that are taken from it. */
export const sourceConfig = z.strictObject({
  url: z.string(),
  connections: z.int().min(1).optional(),
  tables: z.record(z.string(), z.union([tableConfig, z.null().transform(() => ({}))])).default({}),
})

export type WarehouseConfig = z.output<typeof warehouseConfig>
export type SourceConfig = z.output<typeof sourceConfig>

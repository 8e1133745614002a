import * as z from 'zod'
import { columnTypeText } from './column-type-text.ts'

const oneOrMore = z.union([z.string().transform(one => [one]), z.array(z.string())])

/** `1%`, `0.5%`, `100`: a share of the delivery's rows, or so many. */
const limit = z.union([z.string(), z.int().min(0)]).transform((given, context) => {
  if (typeof given === 'number') return { rows: given }
  const [, number, percent] = /^(\d+(?:\.\d+)?)(%?)$/.exec(given) ?? []
  if (number !== undefined) {
    return percent === '%' ? { share: Number(number) / 100 } : { rows: Number(number) }
  }
  context.addIssue({ code: 'custom', message: `\`${given}\` is no share such as 1% nor a number` })
  return z.NEVER
})

const distribution = z.string().transform(text => {
  return text === 'even' || text === 'all' || text === 'auto' ? text : { column: text }
})

const partition = z.union([
  z.string().transform(column => ({ column, by: 'day' as const })),
  z.strictObject({ column: z.string(), by: z.enum(['day', 'month']).default('day') }),
])

const tableLoad = z.strictObject({
  strategy: z
    .enum(['replace', 'append', 'merge', 'history', 'partition'])
    .optional()
    .meta({ description: 'by default what the delivery is of: replace, merge, append, history' }),
  columns: z
    .record(z.string(), columnTypeText)
    .default({})
    .meta({ description: 'types in place of those of the source' }),
  key: oneOrMore.optional().meta({ description: "in place of the source's" }),
  distribution: distribution.optional(),
  sort: oneOrMore.optional(),
  partition: partition.optional(),
  compression: z.record(z.string(), z.string()).optional(),
  max_rejected: limit.optional(),
  on_schema_change: z.enum(['add', 'ignore', 'fail']).optional(),
  into: oneOrMore.optional().meta({ description: 'warehouses' }),
})

/** `load:` of ferry.yaml. */
export const loadConfig = z.strictObject({
  into: oneOrMore.optional().meta({ description: 'warehouses; the first when nothing is said' }),
  max_rejected: limit
    .prefault(0)
    .meta({ description: 'rows, or a share of a delivery such as 1%' }),
  on_schema_change: z
    .enum(['add', 'ignore', 'fail'])
    .default('add')
    .meta({ description: 'when the columns of a source are others than those of its table' }),
  tables: z.record(z.string(), tableLoad).default({}),
})

export type LoadConfig = z.output<typeof loadConfig>
export type TableLoad = LoadConfig['tables'][string]
export type RejectLimit = LoadConfig['max_rejected']

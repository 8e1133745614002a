import * as z from 'zod'
import { byteSize, duration } from '../core/config-values.ts'
import { DECLARED_TYPES, parseDeclaredType } from './columns/declared-type.ts'

const oneOrMore = z.union([z.string().transform(one => [one]), z.array(z.string())])

/** `1%`, `100`: a share of all rows, or so many. */
const limit = z.union([z.string(), z.int().min(0)]).transform((given, context) => {
  if (typeof given === 'number') return { rows: given }
  const [, number, percent] = /^(\d+(?:\.\d+)?)(%?)$/.exec(given) ?? []
  if (number !== undefined) {
    return percent === '%' ? { share: Number(number) / 100 } : { rows: Number(number) }
  }
  context.addIssue({ code: 'custom', message: `\`${given}\` is no share such as 1% nor a number` })
  return z.NEVER
})

/** `5/s`, `300/m`, `1000/h`; as the pause between two requests, in milliseconds. */
const rate = z.string().transform((given, context) => {
  const [, number, unit] = /^(\d+(?:\.\d+)?)\/([smh])$/.exec(given) ?? []
  const perMs = { s: 1_000, m: 60_000, h: 3_600_000 }[unit ?? ''] ?? 0
  if (Number(number) > 0) return perMs / Number(number)
  context.addIssue({ code: 'custom', message: `\`${given}\` is no rate such as 5/s or 300/m` })
  return z.NEVER
})

const declared = z.union([z.string(), z.literal(false)]).transform((given, context) => {
  const type = given === false ? false : parseDeclaredType(given)
  if (type !== undefined) return type
  context.addIssue({ code: 'custom', message: `\`${given}\` is none of: ${DECLARED_TYPES}` })
  return z.NEVER
})

const secret = z.string().min(1)

const authConfig = z
  .strictObject({
    bearer: secret.optional().meta({ description: 'a token, sent as Authorization: Bearer' }),
    basic: z.strictObject({ user: z.string(), password: secret }).optional(),
    key: z
      .strictObject({
        value: secret,
        header: z.string().optional(),
        query: z.string().optional(),
      })
      .refine(
        key => (key.header === undefined) !== (key.query === undefined),
        'takes either `header` or `query`: where the key is sent',
      )
      .optional(),
    oauth: z
      .strictObject({
        token_url: z.string(),
        client_id: z.string(),
        client_secret: secret,
        scope: z.string().optional(),
        audience: z.string().optional(),
        send: z.enum(['basic', 'body']).default('basic'),
      })
      .optional(),
  })
  .refine(
    auth => Object.values(auth).filter(way => way !== undefined).length === 1,
    'takes one of `bearer`, `basic`, `key`, `oauth`',
  )

const paginationConfig = z
  .strictObject({
    cursor: z.string().optional().meta({ description: 'where the answer has the next cursor' }),
    param: z.string().optional().meta({ description: 'the parameter that takes the cursor' }),
    more: z
      .string()
      .optional()
      .meta({ description: 'where the answer says whether there is more' }),
    page: z.string().optional().meta({ description: 'the parameter that takes the page number' }),
    first: z.int().min(0).optional().meta({ description: 'number of the first page' }),
    pages: z.string().optional().meta({ description: 'where the answer has the number of pages' }),
    offset: z.string().optional().meta({ description: 'the parameter that takes the offset' }),
    total: z.string().optional().meta({ description: 'where the answer has the number of rows' }),
    link: z.string().optional().meta({ description: 'the relation in the Link header: next' }),
    next: z.string().optional().meta({ description: 'where the answer has the URL of the next' }),
  })
  .superRefine((given, context) => {
    const kinds = PAGINATIONS.filter(kind => given[kind] !== undefined)
    if (kinds.length !== 1) {
      const message = `takes one of ${PAGINATIONS.map(kind => `\`${kind}\``).join(', ')}`
      context.addIssue({ code: 'custom', message })
    }
  })

const PAGINATIONS = ['cursor', 'page', 'offset', 'link', 'next'] as const

const texts = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String))

const sinceConfig = z.strictObject({
  field: z
    .string()
    .meta({ description: 'the column whose largest value is where the next begins' }),
  start: z.union([z.string(), z.number()]).transform(String).optional(),
  overlap: duration.optional().meta({ description: 'so much is read again, of time stamps' }),
  as: z.enum(['text', 'unix', 'unix_ms', 'date']).default('text'),
})

/** What may be said of one table, or of a source for all its tables. */
const tableShape = {
  method: z.enum(['GET', 'POST']).optional(),
  headers: texts.optional(),
  params: texts.optional(),
  body: z.unknown().optional(),
  pagination: paginationConfig.optional(),
  format: z.enum(['json', 'jsonl', 'csv', 'tsv', 'parquet']).optional(),
  rows: z.string().optional().meta({ description: 'where the rows are, as a JSONPath' }),
  key: oneOrMore.optional(),
  since: sinceConfig.optional(),
  mode: z.enum(['full', 'incremental', 'append']).optional(),
  columns: z.record(z.string(), declared).optional(),
  widen: z.boolean().optional(),
  nulls: z.array(z.string()).optional().meta({ description: 'of CSV: texts that mean NULL' }),
  max_rejected: limit.optional(),
}

const tableConfig = z.strictObject({
  url: z.string().optional().meta({ description: 'of the table; relative to that of the source' }),
  ...tableShape,
  each: z.string().optional().meta({ description: 'a table: one request a row of it' }),
  add: texts.optional().meta({ description: 'columns that are added to each row' }),
})

const WAYS = ['url', 'files', 'command', 'singer'] as const

/** `pull.NAME`: an outside source. */
export const pullSourceConfig = z
  .strictObject({
    url: z.string().optional(),
    files: oneOrMore.optional(),
    command: z.string().optional(),
    singer: z.string().optional(),
    auth: authConfig.optional(),
    rate: rate.optional(),
    timeout: duration.prefault('60s'),
    max_pages: z.int().min(1).default(100_000),
    table: z.string().optional(),
    changed: z.boolean().default(false),
    target: z.string().optional(),
    compress: z.enum(['zstd', 'gzip', 'none']).default('zstd'),
    part: byteSize.prefault('64MB'),
    advance: z.enum(['load', 'pull']).default('load'),
    ...tableShape,
    tables: z
      .record(z.string(), z.union([tableConfig, z.null().transform(() => ({}))]))
      .default({}),
  })
  .superRefine((given, context) => {
    const ways = WAYS.filter(way => given[way] !== undefined)
    if (ways.length === 1) return
    const message = `takes one of ${WAYS.map(way => `\`${way}\``).join(', ')}`
    context.addIssue({ code: 'custom', message })
  })

export const pullConfig = z.record(z.string(), pullSourceConfig)

export type PullConfig = z.output<typeof pullConfig>
export type PullSourceConfig = z.output<typeof pullSourceConfig>
export type PullTableConfig = z.output<typeof tableConfig>
export type AuthConfig = z.output<typeof authConfig>
export type PaginationConfig = z.output<typeof paginationConfig>
export type SinceConfig = z.output<typeof sinceConfig>

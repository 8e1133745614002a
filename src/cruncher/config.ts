import * as z from 'zod'
import { byteSize } from '../core/config-values.ts'
import { FIELD_NAMES } from './fields/field-name.ts'
import { selectionConfig } from './filter/config.ts'
import { PARTITION_FIELDS } from './output/partition-key.ts'
import { redactionConfig } from './redact/config.ts'
import { reduceConfig } from './reduce/config.ts'
import { routesConfig } from './routes/config.ts'

const oneOrMore = <Item>(item: z.ZodType<Item>) =>
  z.union([item.transform(one => [one]), z.array(item)])
const strings = oneOrMore(z.string())

/** `1%`, `0.5%`, `100`: a share of all lines, or so many. */
const limit = z.union([z.string(), z.int().min(0)]).transform((given, context) => {
  if (typeof given === 'number') return { lines: given }
  const [, number, percent] = /^(\d+(?:\.\d+)?)(%?)$/.exec(given) ?? []
  if (number === undefined) {
    context.addIssue({
      code: 'custom',
      message: `\`${given}\` is no share such as 1% nor a number`,
    })
    return z.NEVER
  }
  return percent === '%' ? { share: Number(number) / 100 } : { lines: Number(number) }
})

/** `crunch:` of ferry.yaml. Names of files are relative to it. */
export const crunchConfig = z.strictObject({
  inputs: strings.default([]).meta({ description: 'paths, globs and URLs; {date} and its parts' }),
  output: z.string().optional().meta({ description: 'a folder or a URL; {date} and its parts' }),
  format: z.enum(['jsonl', 'csv', 'parquet']).default('jsonl'),
  compress: z.enum(['zstd', 'gzip', 'none']).default('zstd'),
  separator: z
    .string()
    .min(1)
    .max(1)
    .default(',')
    .meta({ description: 'of CSV, such as "\\u0001"' }),
  partition_by: oneOrMore(z.enum(PARTITION_FIELDS))
    .default([])
    .meta({ description: 'fields that name folders: date, service' }),
  routes: routesConfig,
  formats: strings.default([]).meta({ description: 'files of your own formats' }),
  ...selectionConfig.shape,
  redact: redactionConfig.prefault({}),
  reduce: reduceConfig,
  fields: z
    .record(z.string(), z.enum(FIELD_NAMES))
    .default({})
    .meta({ description: 'what names of your services mean' }),
  max_rejected: limit.prefault('1%'),
  max_line: byteSize.prefault('1MB'),
  workers: z.int().min(1).max(256).optional().meta({ description: 'default: one a CPU' }),
  time_zone: z.string().default('UTC').meta({ description: 'of times that name none' }),
  results: z.string().default('results/{date}/crunch/').meta({ description: 'of `reduce`' }),
})

export type CrunchConfig = z.output<typeof crunchConfig>

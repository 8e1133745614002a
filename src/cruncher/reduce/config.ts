import * as z from 'zod'
import { duration } from '../../core/config-values.ts'
import { nearestName } from '../../core/nearest.ts'
import { measureColumn } from './column-names.ts'
import {
  DIMENSION_NAMES,
  isDimension,
  isMeasure,
  isValue,
  MEASURE_NAMES,
  VALUE_NAMES,
} from './field-names.ts'
import { planReduction } from './plan.ts'

/** Buckets below a second would be as many as the records. */
const MIN_BUCKET_MS = 1_000
/** Of `top`: they are kept in order while a group is read. */
const MAX_TOP = 1_000

const fieldOf = (isKnown: (name: string) => boolean, names: readonly string[]) =>
  z.string().refine(isKnown, {
    error: ({ input }) => {
      const given = String(input)
      const nearest = nearestName(given, names)
      const known = nearest === undefined ? `one of ${names.join(', ')}` : `\`${nearest}\``
      return `\`${given}\` cannot stand here; did you mean ${known}, or \`attributes.${given}\`?`
    },
  })

const dimension = fieldOf(isDimension, DIMENSION_NAMES)
const value = fieldOf(isValue, VALUE_NAMES)
const measure = fieldOf(isMeasure, MEASURE_NAMES)
const measureOrTime = fieldOf(
  name => isMeasure(name) || name === 'time',
  [...MEASURE_NAMES, 'time'],
)

const columnName = z.string().regex(/^[A-Za-z_]\w*$/, 'is not a name of a column')

/** `bytes`, `[bytes, duration_ms]` or `{ COLUMN: bytes }`; fields by the names of their columns. */
const measures = (field: typeof measure, suffix: string) =>
  z
    .union([field, z.array(field).max(100), z.record(columnName, field)])
    .default([])
    .transform((given): readonly (readonly [column: string, field: string])[] => {
      if (typeof given === 'string') return [[measureColumn(given, suffix), given]]
      if (!Array.isArray(given)) return Object.entries(given)
      return given.map(name => [measureColumn(name, suffix), name] as const)
    })

/** One reduction of `reduce:` in the section `crunch:`. */
export const reductionConfig = z
  .strictObject({
    by: z
      .union([dimension.transform(name => [name]), z.array(dimension).max(32)])
      .default([])
      .meta({ description: 'fields; records without one of them are a group of their own' }),
    every: duration.optional().meta({ description: 'a bucket of time: 5m, 1h, 1d; column `time`' }),
    where: z.string().min(1).optional().meta({ description: 'a filter: what is counted' }),
    count: columnName.default('count').meta({ description: 'the column of the number of records' }),
    sum: measures(measure, 'sum'),
    min: measures(measureOrTime, 'min'),
    max: measures(measureOrTime, 'max'),
    mean: measures(measure, 'mean'),
    distinct: z
      .record(value, z.enum(['exact', 'hll']))
      .default({})
      .meta({ description: 'how many values: counted, or estimated to about 1.6 %' }),
    quantiles: z
      .record(measure, z.array(z.number().min(0).max(1)).min(1).max(100))
      .default({})
      .meta({ description: 'within 1 % of the value' }),
    top: z
      .record(value, z.int().min(1).max(MAX_TOP))
      .default({})
      .meta({ description: 'the most frequent values with their counts' }),
  })
  .superRefine((config, context) => {
    const issue = (path: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [path], message })
    if (config.every !== undefined && (config.every === 0 || config.every % MIN_BUCKET_MS !== 0)) {
      issue('every', 'must be whole seconds, and at least one')
    }
    if (config.every === undefined && config.by.includes('time')) {
      issue('every', '`time` among the fields needs its bucket here, such as 1h')
    }
    const seen = new Set<string>()
    for (const { name } of planReduction(config).columns) {
      if (seen.has(name)) issue('by', `two columns would be called \`${name}\``)
      seen.add(name)
    }
  })

export type ReductionConfig = z.output<typeof reductionConfig>

/** `reduce:` itself: reductions by name; a name becomes part of file names. */
export const reduceConfig = z
  .record(
    z.string().regex(/^[a-z][a-z0-9_]*$/, 'is not a name such as requests_by_route'),
    reductionConfig,
  )
  .default({})

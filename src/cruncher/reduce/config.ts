import * as z from 'zod'
import { duration } from '../../core/config-values.ts'
import { nearestName } from '../../core/nearest.ts'
import { measureColumn } from './column-names.ts'
import { DIMENSIONS, type FieldNames, isOneOf, MEASURES, VALUES } from './field-names.ts'
import { planReduction } from './plan.ts'

/** Buckets below a second would be as many as the records. */
const MIN_BUCKET_MS = 1_000
/** Of `top`: they are kept in order while a group is read. */
const MAX_TOP = 1_000
const MEASURES_AND_TIME: FieldNames = [...MEASURES, 'time']

/** What is wrong with a name that should be one of some fields' or an attribute's. */
function complaintOf(given: string, names: FieldNames): string | undefined {
  if (isOneOf(names, given)) return undefined
  const nearest = nearestName(given, names)
  const known = nearest === undefined ? `one of ${names.join(', ')}` : `\`${nearest}\``
  return `\`${given}\` cannot stand here; did you mean ${known}, or \`attributes.${given}\`?`
}

type Context = z.core.$RefinementCtx

/** Adds an issue for each wrong name. @param path of a name, below the value that is checked */
function checkNames(
  given: Iterable<readonly [path: string | number, name: string]>,
  names: FieldNames,
  context: Context,
): void {
  for (const [path, name] of given) {
    const message = complaintOf(name, names)
    if (message !== undefined) context.addIssue({ code: 'custom', path: [path], message })
  }
}

/** A field or a list of fields. */
const dimensions = z
  .union([z.string(), z.array(z.string()).max(32)])
  .default([])
  .transform((given, context) => {
    const list = typeof given === 'string' ? [given] : given
    checkNames(list.entries(), DIMENSIONS, context)
    return list
  })

const columnName = z.string().regex(/^[A-Za-z_]\w*$/, 'is not a name of a column')

/** `bytes`, `[bytes, duration_ms]` or `{ COLUMN: bytes }`; fields by the names of their columns. */
const measures = (suffix: string, names: FieldNames) =>
  z
    .union([z.string(), z.array(z.string()).max(100), z.record(columnName, z.string())])
    .default([])
    .transform((given, context): readonly (readonly [column: string, field: string])[] => {
      if (typeof given === 'object' && !Array.isArray(given)) {
        checkNames(Object.entries(given), names, context)
        return Object.entries(given)
      }
      const list = typeof given === 'string' ? [given] : given
      checkNames(list.entries(), names, context)
      return list.map(name => [measureColumn(name, suffix), name] as const)
    })

/** Settings by field. */
const byField = <Value extends z.ZodType>(value: Value, names: FieldNames) =>
  z
    .record(z.string(), value)
    .superRefine((given, context) => {
      checkNames(
        Object.keys(given).map(name => [name, name] as const),
        names,
        context,
      )
    })
    .prefault({})

/** One reduction of `reduce:` in the section `crunch:`. */
export const reductionConfig = z
  .strictObject({
    by: dimensions.meta({
      description: 'fields; records without one of them are a group of their own',
    }),
    every: duration.optional().meta({ description: 'a bucket of time: 5m, 1h, 1d; column `time`' }),
    where: z.string().min(1).optional().meta({ description: 'a filter: what is counted' }),
    count: columnName.default('count').meta({ description: 'the column of the number of records' }),
    sum: measures('sum', MEASURES),
    min: measures('min', MEASURES_AND_TIME),
    max: measures('max', MEASURES_AND_TIME),
    mean: measures('mean', MEASURES),
    distinct: byField(z.enum(['exact', 'hll']), VALUES).meta({
      description: 'how many values: counted, or estimated to about 1.6 %',
    }),
    quantiles: byField(z.array(z.number().min(0).max(1)).min(1).max(100), MEASURES).meta({
      description: 'within 1 % of the value',
    }),
    top: byField(z.int().min(1).max(MAX_TOP), VALUES).meta({
      description: 'the most frequent values with their counts',
    }),
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
  .record(z.string(), reductionConfig)
  .superRefine((reductions, context) => {
    for (const name of Object.keys(reductions)) {
      if (/^[a-z][a-z0-9_]{0,63}$/.test(name)) continue
      const message = 'is not a name such as requests_by_route'
      context.addIssue({ code: 'custom', path: [name], message })
    }
  })
  .prefault({})

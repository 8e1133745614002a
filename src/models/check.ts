import * as z from 'zod'
import { parseDurationMs } from '../core/units.ts'

const column = z.string().min(1)
const columns = z.union([column, z.array(column).min(1)])
const scalar = z.union([z.string(), z.number(), z.boolean()])

/** `checks:` of a model's header, one entry: what is checked, under exactly one of these keys. */
const kinds = {
  not_null: columns.optional().meta({ description: 'no NULL in any of the columns' }),
  unique: columns.optional().meta({ description: 'no two rows agree in all of the columns' }),
  accepted_values: z
    .strictObject({ column, values: z.array(scalar).min(1) })
    .optional()
    .meta({ description: 'nothing but these values; NULL passes' }),
  relationships: z
    .strictObject({ column, to: z.string().min(1), field: column })
    .optional()
    .meta({ description: 'every value is in `field` of the model or source.table `to`' }),
  row_count: z
    .strictObject({ min: z.int().min(0).optional(), max: z.int().min(0).optional() })
    .refine(range => range.min !== undefined || range.max !== undefined, 'needs min or max')
    .optional(),
  freshness: z
    .strictObject({
      column,
      max_age: z
        .string()
        .refine(text => parseDurationMs(text) !== undefined, 'is not a duration such as 30m or 2d'),
    })
    .optional()
    .meta({ description: 'the newest value is not older than max_age at the start of the date' }),
  expression: z.string().min(1).optional().meta({ description: 'false for no row; NULL passes' }),
}

type Kinds = { [Kind in keyof typeof kinds]-?: NonNullable<z.output<(typeof kinds)[Kind]>> }

interface Named {
  readonly name: string
  readonly severity: 'warn' | 'error'
}

/** One check of a model. */
export type Check = Named &
  (
    | { readonly kind: 'not_null' | 'unique'; readonly columns: readonly string[] }
    | ({ readonly kind: 'accepted_values' } & Kinds['accepted_values'])
    | ({ readonly kind: 'relationships' } & Kinds['relationships'])
    | ({ readonly kind: 'row_count' } & Kinds['row_count'])
    | ({ readonly kind: 'freshness'; readonly maxAgeMs: number } & Kinds['freshness'])
    | { readonly kind: 'expression'; readonly expression: string }
  )

const KINDS = Object.keys(kinds)

const checkEntry = z
  .strictObject({
    ...kinds,
    name: z.string().min(1).optional(),
    severity: z.enum(['warn', 'error']).default('error'),
  })
  .transform((entry, context): Check => {
    const given = KINDS.filter(kind => kind in entry)
    const check = given.length === 1 ? toCheck(entry) : undefined
    if (check !== undefined) return check
    const message = `a check says exactly one of ${KINDS.join(', ')}`
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  })

/** Names that come twice are numbered, so that each is the only one of its model. */
export const checkList = z.array(checkEntry).transform((checks): readonly Check[] => {
  const seen = new Map<string, number>()
  return checks.map(check => {
    const count = (seen.get(check.name) ?? 0) + 1
    seen.set(check.name, count)
    return count === 1 ? check : { ...check, name: `${check.name} (${count})` }
  })
})

type Entry = { readonly [Kind in keyof Kinds]?: Kinds[Kind] | undefined } & {
  readonly name?: string | undefined
  readonly severity: 'warn' | 'error'
}

function toCheck(entry: Entry): Check | undefined {
  const named = (name: string): Named => ({
    name: entry.name ?? name.replace(/\s+/g, ' ').slice(0, LONGEST_NAME),
    severity: entry.severity,
  })
  const list = (names: string | readonly string[]): readonly string[] =>
    typeof names === 'string' ? [names] : names
  if (entry.not_null !== undefined) {
    const columns = list(entry.not_null)
    return { ...named(`not_null ${columns.join(', ')}`), kind: 'not_null', columns }
  }
  if (entry.unique !== undefined) {
    const columns = list(entry.unique)
    return { ...named(`unique ${columns.join(', ')}`), kind: 'unique', columns }
  }
  if (entry.accepted_values !== undefined) {
    const what = entry.accepted_values
    return { ...named(`accepted_values ${what.column}`), kind: 'accepted_values', ...what }
  }
  if (entry.relationships !== undefined) {
    const what = entry.relationships
    const name = `relationships ${what.column} to ${what.to}.${what.field}`
    return { ...named(name), kind: 'relationships', ...what }
  }
  if (entry.row_count !== undefined) {
    const { min, max } = entry.row_count
    const bounds = [min === undefined ? '' : ` min ${min}`, max === undefined ? '' : ` max ${max}`]
    return { ...named(`row_count${bounds.join('')}`), kind: 'row_count', ...entry.row_count }
  }
  if (entry.freshness !== undefined) {
    const what = entry.freshness
    const maxAgeMs = parseDurationMs(what.max_age) ?? 0
    const name = `freshness ${what.column} ${what.max_age}`
    return { ...named(name), kind: 'freshness', ...what, maxAgeMs }
  }
  if (entry.expression === undefined) return undefined
  const { expression } = entry
  return { ...named(`expression ${expression}`), kind: 'expression', expression }
}

const LONGEST_NAME = 100

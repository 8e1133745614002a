import * as z from 'zod'
import { parseDocument } from 'yaml'
import { parseConfig } from '../core/config-file.ts'
import { FerryError } from '../core/errors.ts'
import { parseDurationMs } from '../core/units.ts'
import { parseCalendarRule } from '../formats/calendar-rule.ts'
import { checkList } from './check.ts'
import { leadingComment } from './header-comment.ts'

const text = z.string().min(1)
const names = z.union([text.transform(name => [name]), z.array(text).min(1)])

const fields = z.strictObject({
  description: text.optional(),
  owner: text.optional().meta({ description: 'whom to ask' }),
  on: text.optional().meta({ description: 'the warehouse; default: the first of ferry.yaml' }),
  materialize: z.enum(['table', 'view', 'incremental', 'append']).default('table'),
  key: names.optional().meta({ description: 'incremental: the columns that tell rows apart' }),
  updated_at: text.optional().meta({ description: 'incremental: grows when a row changes' }),
  lookback: z
    .union([
      z.int().min(0),
      z.string().refine(one => parseDurationMs(one) !== undefined, 'is not a duration such as 3d'),
    ])
    .optional()
    .meta({ description: 'incremental: how far before the newest row to look again' }),
  schedule: text
    .refine(isCalendarRule, "is not a calendar rule such as '1 * *' or '* * mon'")
    .optional()
    .meta({ description: 'the nights on which it is built' }),
  result: z.enum(['csv', 'tsv', 'json', 'parquet']).optional(),
  order_by: text.optional().meta({ description: "the order of the result file's rows, as in SQL" }),
  checks: checkList.default([]),
})

/** Everything that a model says of itself. */
export type ModelHeader = z.output<typeof fields>

const header = fields.superRefine((model, context) => {
  const issue = (key: string, message: string): void =>
    context.addIssue({ code: 'custom', path: [key], message })
  const isIncremental = model.materialize === 'incremental'
  for (const key of ['key', 'updated_at'] as const) {
    if (isIncremental && model[key] === undefined) {
      issue('materialize', `\`incremental\` needs \`${key}\` beside it`)
    }
  }
  for (const key of ['key', 'updated_at', 'lookback'] as const) {
    if (!isIncremental && model[key] !== undefined) {
      issue(key, 'is for `materialize: incremental` only')
    }
  }
  if (
    model.materialize === 'append' &&
    model.result !== undefined &&
    model.order_by === undefined
  ) {
    issue('result', 'of an `append` model needs `order_by` beside it')
  }
  if (model.order_by !== undefined && model.result === undefined) {
    issue('order_by', 'is for models with a `result` only')
  }
})

/**
 * Reads the YAML header in a model's leading comment. A comment that is no mapping is prose; a model
 * without a header has the defaults.
 * @throws FerryError MODEL_INVALID with every finding as `file:line:column: what`
 */
export function parseModelHeader(file: string, content: string): ModelHeader {
  const comment = leadingComment(content)
  const isHeader = comment !== undefined && !isProse(comment.text)
  try {
    return parseConfig({ file, text: isHeader ? comment.text : '' }, header)
  } catch (error) {
    if (!(error instanceof FerryError) || error.code !== 'CONFIG_INVALID') throw error
    throw new FerryError('MODEL_INVALID', error.message, { details: error.details, cause: error })
  }
}

const KNOWN_KEY = new RegExp(`^[ \\t]*(${Object.keys(fields.shape).join('|')})[ \\t]*:`, 'm')

/** A mapping with a key that could be meant as one of ours is a header, or one with a mistake. */
function isProse(comment: string): boolean {
  if (KNOWN_KEY.test(comment)) return false
  if (!/^[ \t]*[a-z_]+[ \t]*:(\s|$)/m.test(comment)) return true
  const document = parseDocument(comment)
  if (document.errors.length > 0) return true
  const value: unknown = document.toJS()
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return true
  return !Object.keys(value).some(key => /^[a-z_]+$/.test(key))
}

function isCalendarRule(rule: string): boolean {
  try {
    parseCalendarRule(rule)
    return true
  } catch (error) {
    if (error instanceof FerryError && error.code === 'USAGE') return false
    throw error
  }
}

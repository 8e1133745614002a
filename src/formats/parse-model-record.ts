import * as z from 'zod'
import { ERRORS, type ErrorCode } from '../core/errors.ts'
import type { ModelFailure, ModelReceipt } from './model-receipt.ts'

const checks = z.array(
  z.object({
    name: z.string(),
    severity: z.enum(['warn', 'error']),
    passed: z.boolean(),
    failing_rows: z.number().nullable(),
    found: z.string(),
  }),
)
const head = { version: z.literal(1), model: z.string(), date: z.string(), checks }

const receipt = z.object({
  ...head,
  state: z.enum(['published', 'skipped']),
  warehouse: z.string(),
  relation: z.string(),
  materialize: z.enum(['table', 'view', 'incremental', 'append']),
  description: z.string().nullable(),
  owner: z.string().nullable(),
  rows: z.number().nullable(),
  columns: z.array(z.object({ name: z.string(), type: z.string() })),
  result: z.string().nullable(),
  started_at: z.string(),
  finished_at: z.string(),
  next_date: z.string().nullable(),
}) satisfies z.ZodType<ModelReceipt>

const failure = z.object({
  ...head,
  state: z.literal('failed'),
  error: z.object({
    code: z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]), // its own keys
    message: z.string(),
    hint: z.string().optional(),
    details: z.record(z.string(), z.unknown()),
  }),
  finished_at: z.string(),
}) satisfies z.ZodType<ModelFailure>

const record = z.union([receipt, failure])

/** A model's receipt or failure; undefined when the text is neither, as half a file that was copied. */
export function parseModelRecord(text: string): ModelReceipt | ModelFailure | undefined {
  try {
    const found = record.safeParse(JSON.parse(text), { jitless: true })
    return found.success ? found.data : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

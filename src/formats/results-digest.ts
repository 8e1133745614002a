import * as z from 'zod'
import { jsonIfWhole } from '../core/json-if-whole.ts'
import type { Counts } from './counts.ts'
import type { ModelFailure, ModelReceipt } from './model-receipt.ts'

/** What remains of one step's counts when the night is over: how many rows of what. */
export interface StepRows {
  readonly step: string
  readonly name: string
  readonly rows: readonly (readonly [name: string, rows: number])[]
}

export interface NightSteps {
  readonly date: string
  readonly steps: readonly StepRows[]
}

/** What became of a model, without the details. */
export interface ModelOutcome {
  readonly model: string
  readonly state: 'published' | 'skipped' | 'failed'
  readonly hasResult: boolean
  readonly checks: number
  readonly failedChecks: number
}

/** A file of results that cannot be read: what it is, relative to the project, and what is wrong with it. */
export interface BrokenResult {
  readonly file: string
  readonly problem: string
}

/** What is kept of every night's results: of a year of nights, a few megabytes. */
export interface ResultsDigest extends NightSteps {
  readonly models: readonly ModelOutcome[]
  readonly broken: readonly BrokenResult[]
}

/** Steps that only pass on what another one has counted, or count it by the clock and not by the night. */
const FOLLOWING = new Set(['receive', 'load', 'compare'])

/** Rows are what came in; of a step with many sources, those of each. */
export function stepRowsOf({ step, name, sources, rows }: Counts): StepRows {
  if (FOLLOWING.has(step)) return { step, name, rows: [] }
  if (sources === undefined) return { step, name, rows: [[name, rows.in]] }
  const sums = Object.entries(sources).map(
    ([source, days]) => [source, Object.values(days).reduce((sum, one) => sum + one, 0)] as const,
  )
  return { step, name, rows: sums }
}

export function outcomeOf(model: ModelReceipt | ModelFailure): ModelOutcome {
  return {
    model: model.model,
    state: model.state,
    hasResult: model.state !== 'failed' && model.result !== null,
    checks: model.checks.length,
    failedChecks: model.checks.filter(check => !check.passed).length,
  }
}

/** The same names come every night: what is equal is kept once. */
export class LeanDigests {
  readonly #names = new Shared<string>()
  readonly #steps = new Shared<StepRows>()
  readonly #models = new Shared<ModelOutcome>()

  of({ date, steps, models, broken }: ResultsDigest): ResultsDigest {
    const lean = (one: StepRows): StepRows => {
      if (one.rows.length === 0) return this.#steps.of(`${one.step} ${one.name}`, one)
      const rows = one.rows.map(([name, rows]) => [this.#names.of(name, name), rows] as const)
      return {
        step: this.#names.of(one.step, one.step),
        name: this.#names.of(one.name, one.name),
        rows,
      }
    }
    return {
      date,
      steps: steps.map(lean),
      models: models.map(one => this.#models.of(JSON.stringify(one), one)),
      broken,
    }
  }
}

const MOST_SHARED = 50_000

class Shared<Value> {
  readonly #known = new Map<string, Value>()

  of(key: string, value: Value): Value {
    const known = this.#known.get(key)
    if (known !== undefined) return known
    if (this.#known.size >= MOST_SHARED) this.#known.clear()
    this.#known.set(key, value)
    return value
  }
}

const keptSchema = z.object({
  version: z.literal(1),
  signature: z.string(),
  steps: z.array(z.tuple([z.string(), z.string(), z.array(z.tuple([z.string(), z.number()]))])),
  models: z.array(
    z.tuple([
      z.string(),
      z.enum(['published', 'skipped', 'failed']),
      z.boolean(),
      z.number(),
      z.number(),
    ]),
  ),
})

/** As a file: of what nothing is broken, with the signature of the folders that it was made from. */
export function digestText({ steps, models }: ResultsDigest, signature: string): string {
  return JSON.stringify({
    version: 1,
    signature,
    steps: steps.map(one => [one.step, one.name, one.rows]),
    models: models.map(one => [one.model, one.state, one.hasResult, one.checks, one.failedChecks]),
  })
}

/** Undefined when the text is no digest of that signature: torn, of another version, of older files. */
export function parseDigest(
  text: string,
  date: string,
  signature: string,
): ResultsDigest | undefined {
  const kept = keptSchema.safeParse(jsonIfWhole(text)).data
  if (kept?.signature !== signature) return undefined
  return {
    date,
    steps: kept.steps.map(([step, name, rows]) => ({ step, name, rows })),
    models: kept.models.map(([model, state, hasResult, checks, failedChecks]) => ({
      model,
      state,
      hasResult,
      checks,
      failedChecks,
    })),
    broken: [],
  }
}

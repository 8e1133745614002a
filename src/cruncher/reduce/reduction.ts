import { createHash } from 'node:crypto'
import type { LogRecord } from '../record.ts'
import type { ReductionConfig } from './config.ts'
import { type Column, type Plan, planReduction } from './plan.ts'

/** Of the files of partial results; another one is not read. */
const FORMAT_VERSION = 1

export type Predicate = (record: LogRecord) => boolean

/** A reduction, ready to be done by any number of reducers. */
export interface Reduction {
  readonly name: string
  /** Of its result, in order. */
  readonly columns: readonly Column[]
  readonly plan: Plan
  readonly where: Predicate | undefined
  /**
   * The first line of its partial results. It names the version and the hash of all that decides
   * what is in them, so that those of another reduction are known.
   */
  readonly head: string
}

/** @param where `where:` of the config, compiled: needed where, and only where, the config has one */
export function compileReduction(
  name: string,
  config: ReductionConfig,
  where?: Predicate,
): Reduction {
  if ((config.where === undefined) !== (where === undefined)) {
    throw new Error(`the reduction \`${name}\` and its predicate do not belong together`)
  }
  const plan = planReduction(config)
  const hash = createHash('sha256')
    .update(JSON.stringify([FORMAT_VERSION, name, config]))
    .digest('hex')
    .slice(0, 32)
  const head = JSON.stringify({ ferry: 'partial', version: FORMAT_VERSION, reduction: name, hash })
  return { name, columns: plan.columns, plan, where, head: `${head}\n` }
}

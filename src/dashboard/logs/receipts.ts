import type { Counts } from '../../formats/counts.ts'
import type { ModelFailure, ModelReceipt } from '../../formats/model-receipt.ts'
import type { NightResults } from '../../formats/results-archive.ts'
import { count, counted } from '../show/numbers.ts'

/** What a target says of its own work, beyond the exit code of its commands. */
export interface TargetReceipt {
  readonly said: string
  /** It was made, and still wants a look. */
  readonly isOdd: boolean
}

/** What steps and models of a night left of themselves, by the make target that they are. */
export function receiptsOf({
  date,
  counts,
  models,
}: NightResults): ReadonlyMap<string, TargetReceipt> {
  const receipts = new Map<string, TargetReceipt>()
  for (const model of models) {
    const told = tellModel(model)
    if (told !== undefined) receipts.set(`results/${date}/models/${model.model}.json`, told)
  }
  for (const one of counts) {
    const target = TARGETS[one.step]?.(date, one.name)
    if (target !== undefined) receipts.set(target, tellCounts(one))
  }
  return receipts
}

const TARGETS: Readonly<
  Partial<Record<Counts['step'], (date: string, name: string) => string | undefined>>
> = {
  collect: (date, name) => (name === 'events' ? `results/${date}/events.json` : undefined),
  crunch: date => `results/${date}/crunch/account.json`,
  mirror: (date, name) => `intermediate/${date}/mirror/${name}`,
  pull: (date, name) => `intermediate/${date}/pull/${name}`,
  load: (date, name) => `intermediate/${date}/load/${name}`,
  compare: (date, name) => `intermediate/${date}/compare/${name}`,
}

function tellModel(model: ModelReceipt | ModelFailure): TargetReceipt | undefined {
  const failed = model.checks.filter(({ passed }) => !passed).length
  if (failed > 0) {
    return { said: `${failed} of ${counted(model.checks.length, 'check')} failed`, isOdd: true }
  }
  if (model.state === 'failed') return undefined
  if (model.state === 'skipped') return { said: 'not this night', isOdd: false }
  return model.rows === null ? undefined : { said: counted(model.rows, 'row'), isOdd: false }
}

function tellCounts({ rows, compared }: Counts): TargetReceipt {
  if (compared !== undefined) {
    const { missing, surplus, different, repaired } = compared
    const differing = missing + surplus + different
    if (differing === 0) return { said: 'equal', isOdd: false }
    const said = `${counted(differing, 'row')} differed${repaired >= differing ? ', repaired' : ''}`
    return { said, isOdd: true }
  }
  if (rows.rejected === 0) return { said: counted(rows.out, 'row'), isOdd: false }
  return { said: `${count(rows.rejected)} of ${counted(rows.in, 'row')} rejected`, isOdd: true }
}

import { AssertionError } from 'node:assert'
import { type ErrorCode, FerryError } from '../../src/core/errors.ts'
import {
  type Fault,
  FAULTS,
  type Random,
  randomFrom,
  randomPlan,
} from '../../servers/faults/plan.ts'
import type { Attempt, Operation, Trial } from './fault-checks.ts'
import type { Lane } from './fault-lanes.ts'

const DEADLINE_MS = process.env['FERRY_SOAK'] === '1' ? 240_000 : 90_000

export interface Outcome {
  readonly seed: number
  readonly operation: string
  readonly faults: ReadonlyMap<Fault | 'request', number>
  readonly result: 'ok' | ErrorCode
}

/** What may be said when a service is harmed for too long; anything else would mislead. */
const HONEST = new Set<ErrorCode>([
  'TRANSIENT',
  'THROTTLED',
  'SERVICE_UNAVAILABLE',
  'TRANSFER_CORRUPT',
])

/**
 * Runs one trial: an operation under faults that its seed says. A fault or two must not make it fail;
 * under many it may, with an error that says so. Whatever it says, the server must bear it out.
 * @throws Error that names the seed when something is wrong
 */
export async function runTrial(
  lane: Lane,
  seed: number,
  operations: readonly Operation[],
): Promise<Outcome> {
  const random = randomFrom(seed)
  const operation = pick(operations, random)
  const isMild = random() < 0.5
  const kinds = kindsFor(operation, random)
  const plan = randomPlan({ kinds, rate: isMild ? 0.8 : 0.4, ...(isMild ? { most: 2 } : {}) })
  const trial: Trial = {
    ...lane,
    random,
    signal: AbortSignal.timeout(DEADLINE_MS),
    folder: `trial-${seed}/`,
  }
  lane.proxy.follow(undefined, seed)
  let faults: Outcome['faults'] = new Map()
  let result: 'ok' | FerryError | undefined
  try {
    const attempt = await operation.run(trial)
    lane.proxy.follow(plan, ~seed) // other numbers than those that have picked the operation
    faults = lane.proxy.counts
    result = await withDeadline(() => attempted(attempt))
    if (result !== 'ok' && !isAllowed(result, { operation, isMild, faults })) throw result
    lane.proxy.follow(undefined, seed)
    await attempt.verify(result === 'ok')
    return { seed, operation: operation.name, faults, result: result === 'ok' ? 'ok' : result.code }
  } catch (error) {
    const met = [...faults].map(pair => pair.join(' ')).join(', ')
    const said = result instanceof FerryError ? `${result.code}: ${result.message}` : result
    throw new Error(
      `seed ${seed}, ${operation.name} (${met}), which said ${said}: ${String(error)}`,
      {
        cause: error,
      },
    )
  }
}

/** All that can come to an operation, or one kind alone: often what can come to few. */
function kindsFor({ meets }: Operation, random: Random): readonly Fault[] {
  if (random() < 0.2 && meets.length > 0) return meets
  const kinds = FAULTS.filter(fault => !ONLY_SOMETIMES.has(fault) || meets.includes(fault))
  const only = kinds[Math.floor(random() * kinds.length * 2)]
  return only === undefined ? kinds : [only]
}

const ONLY_SOMETIMES: ReadonlySet<Fault> = new Set(['flip-answer', 'truncate-listing'])

interface Met {
  readonly operation: Operation
  readonly isMild: boolean
  readonly faults: Outcome['faults']
}

function isAllowed({ code }: FerryError, { operation, isMild, faults }: Met): boolean {
  // A proxy that sends a condition twice makes the second miss what the first has done; a store that
  // asks once cannot tell its own write from another's.
  if (code === 'PRECONDITION_FAILED') return faults.has('repeat-request')
  return isMild ? code === operation.excuse : HONEST.has(code)
}

async function attempted(attempt: Attempt): Promise<'ok' | FerryError> {
  try {
    await attempt.attempt()
    return 'ok'
  } catch (error) {
    if (error instanceof FerryError && !(error instanceof AssertionError)) return error
    throw error
  }
}

async function withDeadline<Result>(work: () => Promise<Result>): Promise<Result> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error('it hangs')), DEADLINE_MS)
  try {
    return await Promise.race([work(), late.promise])
  } finally {
    clearTimeout(timer)
  }
}

function pick(operations: readonly Operation[], random: Random): Operation {
  const all = operations.flatMap(operation => Array<Operation>(operation.weight).fill(operation))
  const picked = all[Math.floor(random() * all.length)]
  if (picked === undefined) throw new Error('there are no operations')
  return picked
}

/** Trials and faults by kind, and how the trials that met the kind ended. */
export function describeOutcomes(outcomes: readonly Outcome[]): string {
  const rows = FAULTS.map(fault => {
    const met = outcomes.filter(({ faults }) => faults.has(fault))
    const count = met.reduce((sum, { faults }) => sum + (faults.get(fault) ?? 0), 0)
    return [fault, String(count), ...endings(met)]
  })
  const harmed = outcomes.filter(({ faults }) => faults.size > 1)
  return [
    ['fault', 'times', 'trials', 'done', 'failed as'],
    ...rows,
    ['any', '', ...endings(harmed)],
    ['none', '', ...endings(outcomes.filter(({ faults }) => faults.size <= 1))],
  ]
    .map(cells =>
      cells
        .map((cell, at) => cell.padEnd(at === 0 ? 18 : 8))
        .join(' ')
        .trimEnd(),
    )
    .join('\n')
}

function endings(outcomes: readonly Outcome[]): string[] {
  const failed = outcomes.filter(({ result }) => result !== 'ok')
  const byCode = Map.groupBy(failed, ({ result }) => result)
  const codes = [...byCode].map(([code, all]) => `${code} ${all.length}`).join(', ')
  return [String(outcomes.length), String(outcomes.length - failed.length), codes]
}

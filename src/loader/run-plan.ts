import { FerryError } from '../core/errors.ts'
import type { Session } from '../databases/dialect.ts'
import { readAll } from '../databases/read-all.ts'
import type { LoadCount, LoadPart, LoadPlan, LoadStep, LoadWriter } from '../databases/loading.ts'

export type LoadCounts = Readonly<Partial<Record<LoadCount, number>>>

export interface PlanRun {
  readonly session: Session
  readonly loading: LoadWriter
  /** CSV lines of all parts, without headers; asked for once, by a `stream` step. */
  readonly rows: () => AsyncIterable<Uint8Array>
  /** Brings parts to their paths; disposed of when the step that reads them is done. */
  readonly fetch: (parts: readonly LoadPart[]) => Promise<AsyncDisposable>
  /** Called when all files are staged, before anything of the table is changed. May throw. */
  readonly onStaged: (staged: number) => void
  /** Called before each statement, with its first line. */
  readonly onStatement: (line: string) => void
}

/**
 * Runs a plan on a session: all of its transaction, or nothing. Returns what the steps counted.
 * @throws FerryError as the steps do; the table is then as it was
 */
export async function runPlan(plan: LoadPlan, run: PlanRun): Promise<LoadCounts> {
  const { session } = run
  const counts: Partial<Record<LoadCount, number>> = {}
  const lastStaged = plan.steps.findLastIndex(step => step.counts === 'staged')
  let isOpen = false
  try {
    for (const [index, step] of plan.steps.entries()) {
      if (step.inTransaction !== isOpen) await control(isOpen ? 'COMMIT' : 'BEGIN', run)
      isOpen = step.inTransaction
      run.onStatement(step.text.split('\n', 1)[0] ?? '')
      const count = await runStep(step, run)
      if (step.counts !== undefined && count !== null) {
        counts[step.counts] = (counts[step.counts] ?? 0) + count
      }
      if (index === lastStaged) run.onStaged(counts.staged ?? 0)
    }
    if (isOpen) await control('COMMIT', run)
    return counts
  } catch (error) {
    // A session that is gone takes its transaction along; the first error is the one to tell.
    if (isOpen) await session.execute('ROLLBACK').catch(() => {})
    for (const text of plan.cleanup) await session.execute(text).catch(() => {})
    throw error
  }
}

async function control(statement: 'BEGIN' | 'COMMIT', run: PlanRun): Promise<void> {
  run.onStatement(statement)
  await run.session.execute(statement)
}

async function runStep(step: LoadStep, run: PlanRun): Promise<number | null> {
  const { session, loading } = run
  switch (step.kind) {
    case 'sql': {
      if (step.reads === undefined) return (await session.execute(step.text)).rowsAffected
      await using _files = await run.fetch(step.reads)
      return (await session.execute(step.text)).rowsAffected
    }
    case 'query': {
      const [[value] = []] = await readAll(session, step.text)
      const count = Number(value)
      if (Number.isInteger(count)) return count
      throw new FerryError('BUG', `a count of the load is \`${String(value)}\``)
    }
    case 'stream':
      return loading.stream(session, step, run.rows())
    default:
      return step satisfies never
  }
}

import type { TrackedCommand } from '../formats/command-record.ts'
import type { AttemptWatch } from './attempt-watch.ts'
import { isPermanent } from './held-targets.ts'
import type { MakeDatabase } from './make-database.ts'
import { dependants } from './unfinished.ts'

/** A target whose own recipe failed. */
export interface FailedTarget {
  readonly target: string
  /** Null when the command never came to its end (it was killed with its shell). */
  readonly exitCode: number | null
  /** Trying again cannot help until something changes. */
  readonly permanent: boolean
  /** It was refused, as it had failed for good before. */
  readonly held: boolean
  readonly place: string | undefined
  readonly command: TrackedCommand | undefined
  /** What was not made because of it. */
  readonly notReached: readonly string[]
}

export interface AttemptOutcome {
  readonly made: boolean
  readonly failed: readonly FailedTarget[]
  /** What make complained about beside failed recipes: a target that nothing makes, say. */
  readonly complaints: readonly string[]
  /** How many targets were to be made, and how many of them were. */
  readonly wanted: number
  readonly done: number
}

/** Puts make's word and the records together after an attempt. Pure. */
export function judgeAttempt(
  exitCode: number | null,
  watch: AttemptWatch,
  database: MakeDatabase,
): AttemptOutcome {
  const wanted = database.outOfDate.filter(name => !database.makefiles.includes(name))
  const failedNames = new Set(watch.failures.keys())
  const notReached = new Set<string>()
  const failed = [...watch.failures.values()].map(({ target, place }): FailedTarget => {
    const command = watch.lastCommand(target)
    const code = command?.end?.exit_code ?? null
    const because = downstream(database, target).filter(
      name => wanted.includes(name) && !failedNames.has(name),
    )
    for (const name of because) notReached.add(name)
    return {
      target,
      place,
      exitCode: code,
      permanent: code !== null && isPermanent(code),
      held: command?.end?.held === true,
      command,
      notReached: because,
    }
  })
  return {
    made: exitCode === 0,
    failed,
    complaints: watch.complaints,
    wanted: wanted.length,
    done: exitCode === 0 ? wanted.length : countDone(watch, wanted, failedNames, notReached),
  }
}

function countDone(
  watch: AttemptWatch,
  wanted: readonly string[],
  failed: ReadonlySet<string>,
  notReached: ReadonlySet<string>,
): number {
  const begun = new Set(watch.commands().map(one => one.begin.target))
  return wanted.filter(name => begun.has(name) && !failed.has(name) && !notReached.has(name)).length
}

/** Everything that needs a target, directly or not, in the order of nearness. */
function downstream(database: MakeDatabase, target: string): string[] {
  const seen = new Set<string>([target])
  const names: string[] = []
  for (const name of dependants(database, target)) visit(name)
  for (let at = 0; at < names.length; at += 1) {
    for (const name of dependants(database, names[at] ?? '')) visit(name)
  }
  return names

  function visit(name: string): void {
    if (seen.has(name)) return
    seen.add(name)
    names.push(name)
  }
}

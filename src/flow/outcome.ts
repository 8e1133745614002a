import type { TrackedCommand } from '../formats/command-record.ts'
import { isPermanent } from '../formats/permanent-exit.ts'
import type { AttemptWatch, MakeFailure } from './attempt-watch.ts'
import type { MakeDatabase } from './make-database.ts'
import { downstream, targetsOf } from './make-graph.ts'
import { isIgnored } from './recipe-lines.ts'

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
  /** How many targets with a command the goals come to (an alias has none), and how many are made. */
  readonly wanted: number
  readonly done: number
}

/** Puts make's word and the records together after an attempt. Pure. */
export function judgeAttempt(
  exitCode: number | null,
  watch: AttemptWatch,
  database: MakeDatabase,
  goals: readonly string[],
): AttemptOutcome {
  const wanted = new Set(targetsOf(database, goals).map(one => one.name))
  const failures = [...watch.failures.values(), ...failuresOnRecord(watch, database)]
  const failedNames = new Set(failures.map(one => one.target))
  const notReached = new Set<string>()
  const failed = failures.map(({ target, place }): FailedTarget => {
    const last = watch.lastCommand(target)
    const held = last?.end?.held === true
    const command = held ? watch.lastRealCommand(target) : last
    const code = last?.end?.exit_code ?? null
    const because = downstream(database, target).filter(
      name => wanted.has(name) && !failedNames.has(name),
    )
    for (const name of because) notReached.add(name)
    return {
      target,
      place,
      exitCode: code,
      permanent: code !== null && isPermanent(code),
      held,
      command,
      notReached: because,
    }
  })
  return {
    made: exitCode === 0,
    failed,
    complaints: watch.complaints,
    wanted: wanted.size,
    done: exitCode === 0 ? wanted.size : countMade(),
  }

  function countMade(): number {
    const barred = watch.complaints.flatMap(complaint => barredBy(complaint, database))
    return wanted.difference(failedNames).difference(notReached).difference(new Set(barred)).size
  }
}

/** What could not be made as nothing makes what it needs: `No rule to make target 'x', needed by 'y'.` */
function barredBy(complaint: string, database: MakeDatabase): string[] {
  const [, missing, needing] =
    /^No rule to make target '(.+?)'(?:, needed by '(.+)')?\./.exec(complaint) ?? []
  const name = needing ?? missing
  return name === undefined ? [] : [name, ...downstream(database, name)]
}

/** Failures whose line from make was lost, as output of others fell into it. */
function failuresOnRecord(watch: AttemptWatch, database: MakeDatabase): MakeFailure[] {
  const commands = Map.groupBy(watch.commands(), one => one.begin.target)
  return [...commands].flatMap(([name, own]) => {
    const exitCode = own.at(-1)?.end?.exit_code ?? 0
    const target = database.targets.get(name)
    if (exitCode === 0 || target === undefined || watch.failures.has(name)) return []
    if (isIgnored(target, own.length - 1, database)) return []
    return [{ target: name, place: undefined, how: `Error ${exitCode}` }]
  })
}

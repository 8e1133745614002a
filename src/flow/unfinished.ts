import type { TrackedCommand } from '../formats/command-record.ts'
import type { MakeDatabase, MakeTarget } from './make-database.ts'
import { dependants } from './make-graph.ts'
import { countCommands, isIgnored } from './recipe-lines.ts'

export interface UnfinishedInput {
  /** The night's, in the order of their BEGINs. */
  readonly commands: readonly TrackedCommand[]
  readonly database: MakeDatabase
  /** Runs in which make itself came to its end, so that it knew of every command's. */
  readonly isOrderly: (runId: string | null) => boolean
  /** Runs whose recipes were those of the database. */
  readonly hasSameRecipes: (runId: string | null) => boolean
  /** Does a process of this command still run (a make by hand)? */
  readonly isAlive: (command: TrackedCommand) => boolean
}

export interface UnfinishedTarget {
  readonly target: string
  /** What its recipe writes, as make's database tells: the target, and what it also makes. */
  readonly outputs: readonly string[]
  readonly reason: 'never ended' | 'failed' | 'stopped between its lines'
  /** When its recipe began. */
  readonly begunAt: string
  /** False when make's database has no rule for it (a make in a recipe made it, say). */
  readonly isKnown: boolean
}

/**
 * The targets whose commands began and never ended well, from the records alone. It promises both:
 * no target is left out whose recipe did not come to its end, and none is named that did, as far as
 * the records prove it:
 * - the last command has no END, or ended with an error that make does not ignore;
 * - all recorded commands ended well, but make died, and so the recipe may have had more lines:
 *   then the number of its lines tells, or a command of a target that depends on it.
 */
export function findUnfinished(input: UnfinishedInput): UnfinishedTarget[] {
  const found: UnfinishedTarget[] = []
  const lastBegin = lastBegins(input.commands)
  for (const [name, commands] of lastRuns(input.commands)) {
    const target = input.database.targets.get(name)
    const known = target !== undefined && target.recipes.length > 0 ? target : undefined
    if (target?.phony === true || commands.some(input.isAlive)) continue
    const reason = reasonOf(known, commands, input, () => dependantBegan(name, commands))
    if (reason === undefined) continue
    found.push({
      target: name,
      outputs: [name, ...unescaped(name), ...(known?.alsoMakes ?? [])],
      reason,
      begunAt: commands[0]?.begin.started_at ?? '',
      isKnown: known !== undefined,
    })
  }
  return found

  /** make starts nothing that depends on a target before the target is done. */
  function dependantBegan(name: string, commands: readonly TrackedCommand[]): boolean {
    const end = commands.at(-1)?.end?.finished_at
    if (end === undefined || end === null) return false
    return dependants(input.database, name).some(other => (lastBegin.get(other) ?? '') > end)
  }
}

/** While its file is not there, make calls `a\*b` by that name; its recipe writes `a*b`. */
function unescaped(name: string): string[] {
  const plain = name.replaceAll(/\\([*?[\]])/g, '$1')
  return plain === name ? [] : [plain]
}

function reasonOf(
  target: MakeTarget | undefined,
  commands: readonly TrackedCommand[],
  input: UnfinishedInput,
  dependantBegan: () => boolean,
): UnfinishedTarget['reason'] | undefined {
  const last = commands.at(-1)
  if (last === undefined) return undefined
  const runId = last.begin.run_id
  if (last.end === undefined) return 'never ended'
  const sameRecipe = input.hasSameRecipes(runId)
  const ignored = (index: number): boolean =>
    sameRecipe && target !== undefined && isIgnored(target, index, input.database)
  if (last.end.exit_code !== 0 && !ignored(commands.length - 1)) return 'failed'
  if (input.isOrderly(runId)) return undefined
  const expected =
    sameRecipe && target !== undefined ? countCommands(target, input.database) : undefined
  if (expected !== undefined && commands.length >= expected) return undefined
  return dependantBegan() ? undefined : 'stopped between its lines'
}

/** For each target its commands in the last run (attempt) that touched it. */
function lastRuns(commands: readonly TrackedCommand[]): Map<string, TrackedCommand[]> {
  const runs = new Map<string, TrackedCommand[]>()
  for (const command of commands) {
    if (command.begin.held === true || command.end?.held === true) continue
    const before = runs.get(command.begin.target)
    const same = before?.[0]?.begin.run_id === command.begin.run_id
    if (before !== undefined && same) before.push(command)
    else runs.set(command.begin.target, [command])
  }
  return runs
}

function lastBegins(commands: readonly TrackedCommand[]): Map<string, string> {
  const begins = new Map<string, string>()
  for (const { begin } of commands) {
    if (begin.started_at > (begins.get(begin.target) ?? ''))
      begins.set(begin.target, begin.started_at)
  }
  return begins
}

import { join } from 'node:path'
import { readIfPresent, writeFileAtomically } from '../core/atomic-write.ts'
import type { LogicalDate } from '../core/logical-date.ts'
import { type GraphTarget, type NightGraph, parseNightGraph } from '../formats/night-graph.ts'
import type { MakeDatabase, MakeTarget } from './make-database.ts'
import { nightDirectory } from './night-state.ts'
import { countCommands, isIgnored } from './recipe-lines.ts'

export interface GraphInput {
  readonly date: LogicalDate
  readonly goals: readonly string[]
  readonly database: MakeDatabase
  readonly writtenAt: Date
}

/**
 * Keeps what the night is about where the pages find it. What an earlier attempt of the night was to
 * make stays in it: one target that is tried again does not make the night smaller.
 */
export async function writeGraph(project: string, input: GraphInput): Promise<void> {
  const path = join(nightDirectory(project, input.date), 'graph.json')
  const before = parseNightGraph((await readIfPresent(path)) ?? '')
  const now = describeGraph(input)
  const all = before === undefined ? now : mergeGraphs(before, now)
  await writeFileAtomically(path, `${JSON.stringify(all)}\n`)
}

/** What is newly known of a target replaces what was. Pure. */
export function mergeGraphs(before: NightGraph, now: NightGraph): NightGraph {
  if (before.goals.every(goal => now.goals.includes(goal))) return now
  const known = new Set(now.targets.map(one => one.name))
  const kept = before.targets.filter(one => !known.has(one.name))
  const places = new Map([...now.targets, ...kept].map((one, place) => [one.name, place]))
  return {
    ...now,
    goals: [...new Set([...before.goals, ...now.goals])],
    targets: [
      ...now.targets,
      ...kept.map(one => ({
        ...one,
        needs: one.needs.flatMap(need => places.get(before.targets[need]?.name ?? '') ?? []),
      })),
    ],
  }
}

/** What the goals come to, each target before those that it needs. Pure. */
export function describeGraph({ date, goals, database, writtenAt }: GraphInput): NightGraph {
  const places = new Map<string, number>()
  const reach = (name: string): void => {
    if (!places.has(name) && !database.makefiles.includes(name)) places.set(name, places.size)
  }
  for (const name of goals) reach(name)
  // A Map goes on over what is put into it meanwhile.
  for (const [name] of places) for (const need of needsOf(database, name)) reach(need)
  const outOfDate = new Set(database.outOfDate)
  const targets = Array.from(places, ([name]): GraphTarget => {
    const target = database.targets.get(name)
    return {
      name,
      kind: kindOf(target),
      needs: needsOf(database, name).flatMap(need => places.get(need) ?? []),
      out_of_date: outOfDate.has(name),
      ...describeRecipe(target, database),
    }
  })
  return { version: 1, date, written_at: writtenAt.toISOString(), goals: [...goals], targets }
}

function needsOf(database: MakeDatabase, name: string): readonly string[] {
  const target = database.targets.get(name)
  if (target?.isTarget !== true) return []
  return [...target.prerequisites, ...target.orderOnly]
}

function kindOf(target: MakeTarget | undefined): GraphTarget['kind'] {
  if (target?.isTarget !== true) return 'source'
  const hasCommand = target.recipes.some(one => one.lines.some(line => line.trim() !== ''))
  return hasCommand ? 'made' : 'alias'
}

function describeRecipe(
  target: MakeTarget | undefined,
  database: MakeDatabase,
): Pick<GraphTarget, 'commands' | 'ignored' | 'place'> {
  const [recipe] = target?.recipes ?? []
  if (target === undefined || recipe === undefined) {
    return { commands: null, ignored: [], place: null }
  }
  const ignored = recipe.lines.flatMap((_, index) =>
    isIgnored(target, index, database) ? [index] : [],
  )
  const place = recipe.file === undefined ? null : `${recipe.file}:${recipe.line ?? 0}`
  return { commands: countCommands(target, database) ?? null, ignored, place }
}

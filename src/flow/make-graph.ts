import type { MakeDatabase, MakeTarget } from './make-database.ts'

const cache = new WeakMap<MakeDatabase, Map<string, string[]>>()

/** The targets that name this one as a prerequisite, directly. */
export function dependants(database: MakeDatabase, name: string): readonly string[] {
  let reverse = cache.get(database)
  if (reverse === undefined) {
    reverse = new Map()
    for (const target of database.targets.values()) {
      if (!target.isTarget) continue
      for (const need of [...target.prerequisites, ...target.orderOnly]) {
        const list = reverse.get(need)
        if (list === undefined) reverse.set(need, [target.name])
        else list.push(target.name)
      }
    }
    cache.set(database, reverse)
  }
  return reverse.get(name) ?? []
}

/** Everything that needs a target, directly or not, the nearest first. */
export function downstream(database: MakeDatabase, target: string): string[] {
  const names = new Set(dependants(database, target))
  for (const name of names) for (const next of dependants(database, name)) names.add(next)
  names.delete(target)
  return [...names]
}

/** Everything that the goals need, directly or not, themselves included, that a command makes. */
export function targetsOf(database: MakeDatabase, goals: readonly string[]): MakeTarget[] {
  const names = new Set(goals)
  const found: MakeTarget[] = []
  for (const name of names) {
    const target = database.targets.get(name)
    if (target === undefined || database.makefiles.includes(name)) continue
    for (const need of [...target.prerequisites, ...target.orderOnly]) names.add(need)
    const hasCommand = target.recipes.some(one => one.lines.some(line => line.trim() !== ''))
    if (hasCommand) found.push(target)
  }
  return found
}

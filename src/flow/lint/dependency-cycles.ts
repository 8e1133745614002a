import { type Finding, finding } from './finding.ts'
import type { MakeView } from './make-view.ts'
import { placeOfTarget } from './places.ts'

/** Targets that need themselves. make drops one of the prerequisites, which one is chance. */
export function dependencyCycles(view: MakeView): Finding[] {
  const needs = new Map(
    [...view.targets.values()].map(target => [
      target.name,
      [...new Set([...target.prerequisites, ...target.orderOnly])],
    ]),
  )
  return findCycles(needs).map(cycle => {
    const path = [...cycle, cycle[0]].map(name => `\`${name}\``).join(' needs ')
    return finding('dependency-cycle', placeOfTarget(view, cycle[0] ?? ''), path)
  })
}

type Graph = ReadonlyMap<string, readonly string[]>

/**
 * Cycles such that every edge that lies on a cycle lies on one of them; each starts with its
 * smallest name. (All elementary cycles can be more than atoms in the universe.)
 */
export function findCycles(graph: Graph): string[][] {
  const cycles = new Map<string, string[]>()
  const found = new Set<string>()
  for (const group of knots(graph)) {
    for (const from of [...group].sort()) {
      for (const to of graph.get(from) ?? []) {
        if (!group.has(to) || found.has(`${from}\0${to}`)) continue
        const cycle = turned([from, ...shortestPath(graph, group, to, from).slice(0, -1)])
        for (const [at, name] of cycle.entries()) {
          found.add(`${name}\0${cycle[(at + 1) % cycle.length]}`)
        }
        cycles.set(cycle.join('\0'), cycle)
      }
    }
  }
  return [...cycles.values()]
}

function turned(cycle: readonly string[]): string[] {
  const smallest = cycle.reduce((least, name, at) => (name < (cycle[least] ?? '') ? at : least), 0)
  return [...cycle.slice(smallest), ...cycle.slice(0, smallest)]
}

/** From `start` to `goal`, both included, inside a group in which every name reaches every other. */
function shortestPath(
  graph: Graph,
  group: ReadonlySet<string>,
  start: string,
  goal: string,
): string[] {
  const cameFrom = new Map<string, string | undefined>([[start, undefined]])
  for (const name of cameFrom.keys()) {
    if (name === goal) break
    for (const next of graph.get(name) ?? []) {
      if (group.has(next) && !cameFrom.has(next)) cameFrom.set(next, name)
    }
  }
  const path: string[] = []
  for (let at: string | undefined = goal; at !== undefined; at = cameFrom.get(at)) path.unshift(at)
  return path
}

/** Groups of names that reach each other (strongly connected, by Kosaraju's two walks). */
function knots(graph: Graph): Set<string>[] {
  const backwards = new Map<string, string[]>()
  for (const [from, list] of graph) {
    for (const to of list) {
      const sources = backwards.get(to)
      if (sources === undefined) backwards.set(to, [from])
      else sources.push(from)
    }
  }
  const seen = new Set<string>()
  const order = [...graph.keys()].flatMap(name => walk(graph, name, seen))
  const seenBackwards = new Set<string>()
  return order
    .reverse()
    .map(name => new Set(walk(backwards, name, seenBackwards)))
    .filter(group => {
      const [only = ''] = group
      return group.size > 1 || graph.get(only)?.includes(only) === true
    })
}

/** Depth-first, without recursion: what was not seen yet, each name after all it leads to. */
function walk(graph: Graph, root: string, seen: Set<string>): string[] {
  if (seen.has(root)) return []
  seen.add(root)
  const ended: string[] = []
  const path = [{ name: root, next: 0 }]
  for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
    const child = graph.get(top.name)?.[top.next]
    top.next += 1
    if (child === undefined) {
      ended.push(top.name)
      path.pop()
    } else if (!seen.has(child)) {
      seen.add(child)
      path.push({ name: child, next: 0 })
    }
  }
  return ended
}

import type { Night, NightTarget, TargetState } from '../nights/night.ts'
import { undated } from '../nights/summarize-night.ts'

/** A target, or many like it drawn as one. */
export interface GraphNode {
  /** Of a target its name, of a group its pattern: `intermediate/DATE/dump/production.*.csv.gz`. */
  readonly name: string
  readonly members: readonly NightTarget[]
  readonly isGroup: boolean
  readonly counts: Readonly<Record<TargetState, number>>
  /** The worst of its members. */
  readonly state: TargetState
}

export interface GraphView {
  readonly nodes: readonly GraphNode[]
  /** From what is needed to what needs it. */
  readonly edges: readonly { readonly from: string; readonly to: string }[]
}

export interface GraphChoice {
  /** Only this target, what it needs and what needs it. */
  readonly focus: string | undefined
  /** Every target by itself. */
  readonly all: boolean
  /** Groups that are drawn as their members. */
  readonly open: ReadonlySet<string>
}

/** Fewer targets than this are drawn one by one. */
const FEW = 120
const LEAST_GROUP = 4
const WORST_FIRST: readonly TargetState[] = ['failed', 'running', 'not reached', 'waiting', 'done']

/** What is drawn of a night's graph. */
export function viewGraph(night: Night, choice: GraphChoice): GraphView {
  const targets = [...night.targets.values()].filter(one => one.isWanted)
  const chosen = choice.focus === undefined ? targets : around(night, targets, choice.focus)
  const groups = choice.all || chosen.length <= FEW ? new Map() : groupLike(chosen, night.date)
  const nodeOf = (target: NightTarget): string => {
    const group = groups.get(target.name)
    const isOwn = group === undefined || choice.open.has(group) || target.name === choice.focus
    return isOwn ? target.name : group
  }
  const members = Map.groupBy(chosen, nodeOf)
  const names = new Map(chosen.map(one => [one.name, nodeOf(one)]))
  const edges = new Map<string, { from: string; to: string }>()
  for (const target of chosen) {
    const to = names.get(target.name) ?? ''
    for (const need of target.needs) {
      const from = names.get(need)
      if (from !== undefined && from !== to) edges.set(`${from}\0${to}`, { from, to })
    }
  }
  const nodes = Array.from(members, ([name, own]) => nodeFrom(name, own))
  return { nodes, edges: [...edges.values()] }
}

function nodeFrom(name: string, members: readonly NightTarget[]): GraphNode {
  const counts = { failed: 0, running: 0, 'not reached': 0, waiting: 0, done: 0 }
  for (const one of members) counts[one.state] += 1
  const state = WORST_FIRST.find(one => counts[one] > 0) ?? 'done'
  return { name, members, isGroup: members[0]?.name !== name, counts, state }
}

/** A target, all that it needs and all that needs it. */
function around(night: Night, targets: readonly NightTarget[], focus: string): NightTarget[] {
  const readers = new Map<string, string[]>()
  for (const { name, needs } of targets) {
    for (const need of needs) readers.set(need, [...(readers.get(need) ?? []), name])
  }
  const reach = (next: (name: string) => readonly string[]): Set<string> => {
    const found = new Set([focus])
    for (const name of found) for (const other of next(name)) found.add(other)
    return found
  }
  const names = reach(name => night.targets.get(name)?.needs ?? []).union(
    reach(name => readers.get(name) ?? []),
  )
  return targets.filter(one => names.has(one.name))
}

/** Patterns by target, of those that many share. */
function groupLike(targets: readonly NightTarget[], date: string): Map<string, string> {
  const names = targets.map(one => ({ name: one.name, plain: undated(one.name, date) }))
  const shares = new Map<string, number>()
  const count = (key: string): void => void shares.set(key, (shares.get(key) ?? 0) + 1)
  for (const { plain } of names) for (const pattern of patternsOf(plain)) count(pattern)
  const groups = new Map<string, string>()
  for (const { name, plain } of names) {
    const best = patternsOf(plain).sort((a, b) => (shares.get(b) ?? 0) - (shares.get(a) ?? 0))[0]
    if (best !== undefined && (shares.get(best) ?? 0) >= LEAST_GROUP) groups.set(name, best)
  }
  return groups
}

/** Of `a/b.c.d`: `a/*.c.d`, `a/b.*.d`, `a/b.*`. */
function patternsOf(name: string): string[] {
  const slash = name.lastIndexOf('/') + 1
  const folder = name.slice(0, slash)
  const parts = name.slice(slash).split('.')
  const [first = '', , ...rest] = parts
  const patterns = [`${folder}*${parts.length > 1 ? `.${parts.slice(1).join('.')}` : ''}`]
  if (parts.length > 2) patterns.unshift(`${folder}${first}.*.${rest.join('.')}`)
  if (parts.length === 2) patterns.push(`${folder}${first}.*`)
  return patterns
}

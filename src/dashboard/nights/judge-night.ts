import type { LogicalDate } from '../../core/logical-date.ts'
import type { TrackedCommand } from '../../formats/command-record.ts'
import type { GraphTarget, NightGraph } from '../../formats/night-graph.ts'
import type { NightState } from '../../formats/night-state.ts'
import { isPermanent } from '../../formats/permanent-exit.ts'
import type { Night, NightCommand, NightStateName, NightTarget, TargetState } from './night.ts'

export interface NightEvidence {
  readonly date: LogicalDate
  readonly version: string
  /** In the order of their BEGINs. */
  readonly commands: readonly TrackedCommand[]
  readonly graph: NightGraph | undefined
  readonly state: NightState | undefined
  /** `ferry run` is at work on this very night. */
  readonly isHeld: boolean
  /** Does the process of a command without an END run still? */
  readonly isAlive: (command: TrackedCommand) => boolean
}

/** Puts a night together from what is on record. Pure. */
export function judgeNight(evidence: NightEvidence): Night {
  const commands = evidence.commands.map(one => commandOf(one, evidence.isAlive))
  const attempts = evidence.state?.attempts ?? []
  const isRunning =
    commands.some(one => one.state === 'running') ||
    (evidence.isHeld && attempts.at(-1)?.ended_at === null)
  const own = Map.groupBy(commands, one => one.target)
  const graph = new GraphView(evidence.graph)
  const targets = new Map<string, NightTarget>()
  for (const name of new Set([...graph.names(), ...own.keys()])) {
    const target = targetOf(name, own.get(name) ?? [], { graph, isRunning })
    targets.set(name, target)
  }
  bar(targets, graph, isRunning || evidence.isHeld)
  const wanted = [...targets.values()].filter(one => one.isWanted)
  const counts = { failed: 0, running: 0, 'not reached': 0, waiting: 0, done: 0 }
  for (const one of wanted) counts[one.state] += 1
  const times = timesOf(commands, evidence.state)
  return {
    date: evidence.date,
    version: evidence.version,
    state: stateOf(evidence, counts, isRunning),
    targets,
    commands,
    attempts,
    startedAt: times.startedAt,
    finishedAt: isRunning ? undefined : times.finishedAt,
    counts,
    wanted: wanted.length,
    hasGraph: evidence.graph !== undefined,
  }
}

function commandOf(
  one: TrackedCommand,
  isAlive: (command: TrackedCommand) => boolean,
): NightCommand {
  const { begin, end } = one
  const isHeld = begin.held === true || end?.held === true
  const ended = end?.exit_code === 0 ? 'done' : 'failed'
  const open = isAlive(one) ? 'running' : 'killed'
  return {
    id: begin.id,
    target: begin.target,
    command: begin.command,
    attempt: begin.attempt ?? 0,
    runId: begin.run_id,
    startedAt: Date.parse(begin.started_at),
    finishedAt: end?.finished_at == null ? undefined : Date.parse(end.finished_at),
    exitCode: end?.exit_code ?? undefined,
    state: isHeld ? 'held' : end === undefined ? open : ended,
    cpu: end === undefined ? undefined : (end.user_s ?? 0) + (end.system_s ?? 0),
  }
}

/** The graph by names; empty when the night left none (a make by hand). */
class GraphView {
  readonly #targets: ReadonlyMap<string, GraphTarget>
  readonly #list: readonly GraphTarget[]
  readonly #readers = new Map<string, string[]>()

  constructor(graph: NightGraph | undefined) {
    this.#list = graph?.targets ?? []
    this.#targets = new Map(this.#list.map(one => [one.name, one]))
    for (const one of this.#list) {
      for (const need of one.needs) {
        const name = this.#list[need]?.name ?? ''
        const readers = this.#readers.get(name)
        if (readers === undefined) this.#readers.set(name, [one.name])
        else readers.push(one.name)
      }
    }
  }

  get isKnown(): boolean {
    return this.#list.length > 0
  }

  /** Of what a command makes. make's order: what is needed comes before. */
  names(): string[] {
    return this.#list.flatMap(one => (one.kind === 'made' ? [one.name] : [])).reverse()
  }

  get(name: string): GraphTarget | undefined {
    return this.#targets.get(name)
  }

  /** What it needs of what a command makes, through aliases. */
  needsOf(name: string): string[] {
    const found = new Set<string>()
    const seen = new Set<GraphTarget>()
    const visit = (target: GraphTarget | undefined): void => {
      for (const place of target?.needs ?? []) {
        const need = this.#list[place]
        if (need === undefined || seen.has(need)) continue
        seen.add(need)
        if (need.kind === 'made') found.add(need.name)
        else visit(need)
      }
    }
    visit(this.#targets.get(name))
    return [...found]
  }

  /** Everything that needs it, directly or not, aliases included. */
  downstream(name: string): Set<string> {
    const names = new Set(this.#readers.get(name))
    for (const one of names) for (const next of this.#readers.get(one) ?? []) names.add(next)
    names.delete(name)
    return names
  }
}

interface TargetContext {
  readonly graph: GraphView
  readonly isRunning: boolean
}

function targetOf(
  name: string,
  commands: readonly NightCommand[],
  { graph, isRunning }: TargetContext,
): NightTarget {
  const planned = graph.get(name)
  const real = commands.filter(one => one.state !== 'held')
  const runId = real.at(-1)?.runId
  const lastRun = real.filter(one => one.runId === runId)
  const last = lastRun.at(-1)
  const state = stateOfTarget({ planned, commands, lastRun, isRunning })
  const finishedAt = state === 'running' ? undefined : last?.finishedAt
  const startedAt = lastRun[0]?.startedAt
  const isFailed = state === 'failed'
  return {
    name,
    state,
    isWanted: planned === undefined ? !graph.isKnown : planned.kind === 'made',
    commands,
    attempts: [...new Set(real.map(one => one.attempt))],
    startedAt,
    finishedAt,
    ms: startedAt === undefined || finishedAt === undefined ? undefined : finishedAt - startedAt,
    exitCode: isFailed ? last?.exitCode : undefined,
    isPermanent: isFailed && last?.exitCode !== undefined && isPermanent(last.exitCode),
    keptFrom: [],
    needs: graph.needsOf(name),
  }
}

interface TargetEvidence {
  readonly planned: GraphTarget | undefined
  readonly commands: readonly NightCommand[]
  readonly lastRun: readonly NightCommand[]
  readonly isRunning: boolean
}

function stateOfTarget({ planned, commands, lastRun, isRunning }: TargetEvidence): TargetState {
  const last = lastRun.at(-1)
  if (last === undefined) {
    if (commands.length > 0) return 'failed' // held, and what failed is not on record any more
    return planned?.out_of_date === true ? 'waiting' : 'done'
  }
  if (last.state === 'running') return 'running'
  const isForgiven = planned?.ignored.includes(lastRun.length - 1) === true
  if (last.state === 'killed' || (last.state === 'failed' && !isForgiven)) return 'failed'
  // Between two lines of its recipe no command of it runs.
  const hasMore = planned?.commands != null && lastRun.length < planned.commands
  return hasMore && isRunning ? 'running' : 'done'
}

/** Says what failures kept from being made; what is out of date waits, or was never reached. */
function bar(targets: Map<string, NightTarget>, graph: GraphView, goesOn: boolean): void {
  const barred = new Set<string>()
  for (const [name, target] of targets) {
    if (target.state !== 'failed') continue
    const keptFrom: string[] = []
    for (const other of graph.downstream(name)) {
      if (targets.get(other)?.state !== 'waiting') continue
      keptFrom.push(other)
      barred.add(other)
    }
    targets.set(name, { ...target, keptFrom })
  }
  for (const [name, target] of targets) {
    if (target.state !== 'waiting') continue
    if (barred.has(name) || !goesOn) targets.set(name, { ...target, state: 'not reached' })
  }
}

function stateOf(
  { state, isHeld }: NightEvidence,
  counts: Night['counts'],
  isRunning: boolean,
): NightStateName {
  if (isRunning) return 'running'
  const last = state?.attempts.at(-1)
  if (isHeld && last !== undefined && last.outcome !== 'made') return 'waiting'
  if (state === undefined || last === undefined) return counts.failed > 0 ? 'failed' : 'made'
  if (last.outcome === 'made' && counts.failed === 0) return 'made'
  return last.ended_at === null || last.outcome === 'interrupted' ? 'stopped' : 'failed'
}

function timesOf(
  commands: readonly NightCommand[],
  state: NightState | undefined,
): { startedAt: number | undefined; finishedAt: number | undefined } {
  const begins = commands.map(one => one.startedAt)
  const ends = commands.flatMap(one => one.finishedAt ?? one.startedAt)
  for (const { started_at, ended_at } of state?.attempts ?? []) {
    begins.push(Date.parse(started_at))
    if (ended_at !== null) ends.push(Date.parse(ended_at))
  }
  return {
    startedAt: begins.length === 0 ? undefined : begins.reduce((a, b) => Math.min(a, b)),
    finishedAt: ends.length === 0 ? undefined : ends.reduce((a, b) => Math.max(a, b)),
  }
}

import type { GanttCommand, GanttModel } from '../../pages/gantt/gantt-model.ts'

export interface Choice {
  readonly show: 'commands' | 'targets' | 'failed' | 'slow' | 'critical'
  readonly order: 'time' | 'target' | 'length'
  readonly words: readonly string[]
}

/** A line of the chart: one command, or all of a target's run. */
export interface Row {
  readonly command: GanttCommand
  /** Of the night's beginning, in milliseconds. */
  readonly from: number
  /** Undefined while it runs. */
  readonly to: number | undefined
  readonly target: string
  readonly usual: number | undefined
  readonly isCritical: boolean
}

/** The rows that are chosen, in their order. */
export function chooseRows(model: GanttModel, choice: Choice): Row[] {
  const critical = new Set(model.criticalPath)
  const runs = runsOf(model)
  const slow = new Set([...runs.values()].flatMap(run => (isSlow(run, model) ? run.commands : [])))
  const rows: Row[] = []
  const heads = new Set([...runs.values()].map(run => run.commands[0]))
  const whole = new Map([...runs.values()].map(run => [run.commands[0], run]))
  for (const command of model.commands) {
    const isHead = heads.has(command)
    if (choice.show === 'targets' && !isHead) continue
    if (choice.show === 'failed' && !/failed|killed/.test(command.state)) continue
    if (choice.show === 'slow' && !slow.has(command)) continue
    if (choice.show === 'critical' && !critical.has(command.target)) continue
    const { name = '', usual = null } = model.targets[command.target] ?? {}
    const text = `${name} ${command.command}`.toLowerCase()
    if (!choice.words.every(word => text.includes(word))) continue
    const run = choice.show === 'targets' ? whole.get(command) : undefined
    const last = run?.commands.at(-1) ?? command
    rows.push({
      command: last.state === 'done' ? command : { ...command, state: last.state, exit: last.exit },
      from: command.from,
      to: last.to ?? undefined,
      target: name,
      usual: isHead ? (usual ?? undefined) : undefined,
      isCritical: critical.has(command.target),
    })
  }
  return sort(rows, choice.order)
}

interface Run {
  readonly commands: GanttCommand[]
}

/** Commands of a target in one attempt, together. */
function runsOf({ commands }: GanttModel): Map<string, Run> {
  const runs = new Map<string, Run>()
  for (const command of commands) {
    const key = `${command.target} ${command.attempt}`
    const run = runs.get(key)
    if (run === undefined) runs.set(key, { commands: [command] })
    else run.commands.push(command)
  }
  return runs
}

function isSlow({ commands }: Run, { targets, now }: GanttModel): boolean {
  const first = commands[0]
  const usual = first === undefined ? null : (targets[first.target]?.usual ?? null)
  if (first === undefined || usual === null) return false
  const ms = (commands.at(-1)?.to ?? now) - first.from
  return ms > usual * 1.5 && ms - usual > 10_000
}

function sort(rows: Row[], order: Choice['order']): Row[] {
  if (order === 'length') {
    const length = (row: Row): number => (row.to ?? Number.POSITIVE_INFINITY) - row.from
    return rows.sort((a, b) => length(b) - length(a))
  }
  if (order === 'time') return rows.sort((a, b) => a.from - b.from)
  const first = new Map<string, number>()
  for (const { target, from } of rows) first.set(target, Math.min(first.get(target) ?? from, from))
  return rows.sort(
    (a, b) =>
      (first.get(a.target) ?? 0) - (first.get(b.target) ?? 0) ||
      a.command.target - b.command.target ||
      a.from - b.from,
  )
}

/** Nights as `ferry run` leaves them, made up from a seed: for pages to be looked at, tested and measured. */
import { mkdir, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { CommandRecord } from '../../../src/formats/command-record.ts'
import type { NightGraph } from '../../../src/formats/night-graph.ts'
import type { NightState } from '../../../src/formats/night-state.ts'
import { type LogicalDate, parseLogicalDate } from '../../../src/core/logical-date.ts'
import { targetLogName } from '../../../src/formats/target-log-name.ts'

export interface MadeUpNight {
  readonly date: string
  /** Sources; each has a dump, a copy and a load, and every fourth load a model. */
  readonly tables: number
  /** Places of tables whose load fails. */
  readonly failing?: readonly number[]
  /** The last commands run still: no END, attempt not ended. */
  readonly isRunning?: boolean
  /** Write a log for each target. */
  readonly withLogs?: boolean
  readonly seed?: number
}

interface Target {
  readonly name: string
  readonly needs: readonly string[]
  readonly command: string
  readonly ms: number
  readonly fails: boolean
}

const WORDS = ['users', 'tasks', 'lists', 'notes', 'orders', 'events', 'invoices', 'teams', 'files']

/** Writes one night into a project. Returns its targets' names in order. */
export async function writeNight(project: string, night: MadeUpNight): Promise<string[]> {
  const date = parseLogicalDate(night.date)
  const targets = targetsOf(night)
  const folder = join(project, 'logs', date)
  await mkdir(folder, { recursive: true })
  await mkdir(join(project, '.ferry/nights', date), { recursive: true })
  const records = recordsOf(night, targets)
  await writeFile(
    join(folder, 'timing_env.log'),
    records.map(one => `${JSON.stringify(one)}\n`).join(''),
  )
  await writeFile(
    join(project, '.ferry/nights', date, 'night.json'),
    JSON.stringify(stateOf(night, date)),
  )
  await writeFile(
    join(project, '.ferry/nights', date, 'graph.json'),
    JSON.stringify(graphOf(night, targets)),
  )
  if (night.withLogs === true) await writeLogs(folder, records, targets)
  return targets.map(one => one.name)
}

function targetsOf(night: MadeUpNight): Target[] {
  const random = createRandom((night.seed ?? 1) + Number(night.date.replaceAll('-', '')))
  const { date } = night
  const targets: Target[] = []
  const loads: string[] = []
  const took = (usual: number): number => Math.round(usual * (0.7 + random() * 0.6))
  for (let place = 0; place < night.tables; place += 1) {
    const table = `${WORDS[place % WORDS.length]}${place >= WORDS.length ? Math.floor(place / WORDS.length) : ''}`
    const dump = `intermediate/${date}/dump/production.${table}.csv.gz`
    const copy = `lake/production/${date}/${table}.csv.gz`
    const load = `intermediate/${date}/load/production.${table}`
    const size = 1_000 + ((place * 7_919) % 23) * 4_000
    targets.push(
      {
        name: dump,
        needs: [],
        command: `ferry sql --on production scripts/dump.sql --var table=${table} --csv | gzip -n -3 > ${dump}`,
        ms: took(size),
        fails: false,
      },
      { name: copy, needs: [dump], command: `cp ${dump} ${copy}`, ms: took(300), fails: false },
      {
        name: load,
        needs: [copy],
        command: `ferry sql scripts/load.sql --var table=${table} --var file=${copy}`,
        ms: took(size * 2),
        fails: night.failing?.includes(place) ?? false,
      },
    )
    loads.push(load)
    if (place % 4 === 3) {
      const model = `results/${date}/models/kpi_${table}.json`
      targets.push({
        name: model,
        needs: loads.slice(-4),
        command: `ferry model build kpi_${table}`,
        ms: took(8_000),
        fails: false,
      })
    }
  }
  return targets
}

function recordsOf(night: MadeUpNight, targets: readonly Target[]): CommandRecord[] {
  const start = Date.parse(`${night.date}T02:00:00Z`)
  const slots = Array.from({ length: 8 }, () => start)
  const ended = new Map<string, number>()
  const lost = new Set<string>()
  const events: { at: number; record: CommandRecord }[] = []
  for (const [place, target] of targets.entries()) {
    if (target.needs.some(need => lost.has(need))) {
      lost.add(target.name)
      continue
    }
    const slot = slots.indexOf(Math.min(...slots))
    const free = slots[slot] ?? start
    const begin = Math.max(free, ...target.needs.map(need => ended.get(need) ?? start)) + 12
    const end = begin + target.ms
    slots[slot] = end
    ended.set(target.name, end)
    const base: CommandRecord = {
      tag: 'BEGIN',
      id: `${night.date}-${place}`,
      target: target.name,
      command: target.command,
      attempt: 1,
      has_make_level: true,
      started_at: new Date(begin).toISOString(),
      finished_at: null,
      exit_code: null,
      user_s: null,
      system_s: null,
      host: hostname(),
      pid: 1,
      run_id: `${night.date}.1.run`,
    }
    events.push({ at: begin, record: base })
    if (target.fails) lost.add(target.name)
    const runsStill = night.isRunning === true && place > targets.length - 4
    if (runsStill) continue
    const done: CommandRecord = {
      ...base,
      tag: 'END',
      finished_at: new Date(end).toISOString(),
      exit_code: target.fails ? 65 : 0,
      user_s: target.ms / 2_000,
      system_s: 0.01,
    }
    events.push({ at: end, record: done })
  }
  return events.sort((a, b) => a.at - b.at).map(one => one.record)
}

function stateOf(night: MadeUpNight, date: LogicalDate): NightState {
  const hasFailed = (night.failing?.length ?? 0) > 0
  const start = `${date}T02:00:00.000Z`
  return {
    version: 1,
    date,
    begun_at: start,
    begun_by: 'clock',
    synced_at: null,
    closed: night.isRunning !== true,
    reported: {},
    alarmed: false,
    attempts: [
      {
        number: 1,
        run_id: `${date}.1.run`,
        started_at: start,
        ended_at: night.isRunning === true ? null : `${date}T05:12:00.000Z`,
        settled: true,
        outcome: night.isRunning === true ? null : hasFailed ? 'failed' : 'made',
        targets: ['all'],
        all_permanent: hasFailed,
        makefiles_hash: '',
        boot_id: '',
      },
    ],
  }
}

function graphOf(night: MadeUpNight, targets: readonly Target[]): NightGraph {
  const places = new Map(targets.map((one, place) => [one.name, place + 1]))
  const leaves = targets.map((_, place) => place + 1)
  const known = { out_of_date: true, commands: 1, ignored: [], place: 'makefile:12' }
  return {
    version: 1,
    date: night.date,
    written_at: `${night.date}T02:00:00.000Z`,
    goals: ['all'],
    targets: [
      { name: 'all', kind: 'alias', needs: leaves, ...known, commands: null },
      ...targets.map(one => ({
        name: one.name,
        kind: 'made' as const,
        needs: one.needs.flatMap(need => places.get(need) ?? []),
        ...known,
      })),
    ],
  }
}

async function writeLogs(
  folder: string,
  records: readonly CommandRecord[],
  targets: readonly Target[],
): Promise<void> {
  const failing = new Set(targets.filter(one => one.fails).map(one => one.name))
  for (const { tag, id, target, command, started_at } of records) {
    if (tag === 'END') continue
    const said = failing.has(target)
      ? `reading ${target}\n\u001B[31mferry: error: column \`due\` does not exist\u001B[0m\nhint: compare the columns with those of yesterday\n`
      : `read 12,345 rows\nwrote ${target}\n`
    await writeFile(
      join(folder, `${targetLogName(target)}.log`),
      `#> ${started_at} attempt=1 id=${id}\n#$ ${command}\n${said}`,
    )
  }
}

/** Mulberry32: the same numbers from the same seed. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

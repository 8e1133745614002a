/**
 * SIGKILLs recipes, tracking shells, makes, ferry, clients of models, the process that owns the
 * warehouse, and all of them at once at random points of nights of 200 targets, 72 of them models on
 * the embedded warehouse, and lets each night finish. A twin of the project has the same nights
 * undisturbed. FERRY_SOAK=1: 100 kills over many nights, else 5 in one. FERRY_SEED repeats a run's
 * choices (the machine's timing differs all the same).
 */
import { createHash } from 'node:crypto'
import { existsSync, cpSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readCommands } from '../../src/formats/command-record.ts'
import type { ModelReceipt } from '../../src/formats/model-receipt.ts'
import { runFerry } from '../support/run-ferry.ts'
import {
  dayOf,
  eventId,
  EVENTS,
  linesOf,
  MODEL_COUNT,
  TARGETS,
  writeModelsNight,
} from './models-night-project.ts'
import { endOf, generator, kill, nightProcesses, startNight, strike } from './night-processes.ts'

const KILLS = process.env['FERRY_SOAK'] === '1' ? 100 : 5
const KILLS_A_NIGHT = 9
const SEED = Number(process.env['FERRY_SEED'] ?? Date.now() % 100_000)
const counts: Record<string, number> = {
  recipe: 0,
  shell: 0,
  make: 0,
  ferry: 0,
  client: 0,
  warehouse: 0,
  everything: 0,
}
const kinds = Object.keys(counts)
/** Each kind comes up before one comes again; a short run begins with what other tests do not kill. */
const bag = ['warehouse', 'client', 'ferry', 'make', 'shell']
/** After these, this call of `ferry run` cannot make more, and another has to. */
const ENDS_ATTEMPT = new Set(['make', 'ferry', 'everything'])

let folder = ''
let project = ''
let twin = ''
const dateOf = (night: number): string =>
  new Date(Date.parse('2026-03-01') + night * 86_400_000).toISOString().slice(0, 10)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ferry-kill-models-'))
  project = join(folder, 'disturbed')
  twin = join(folder, 'twin')
  await writeModelsNight(project)
  await makeUndisturbed(project, dateOf(0))
  await runFerry(['warehouse', 'stop'], { cwd: project })
  cpSync(project, twin, { recursive: true, preserveTimestamps: true })
}, 300_000)

afterAll(async () => {
  for (const where of [project, twin]) for (const one of nightProcesses(where)) kill(one.pid)
  await rm(folder, { recursive: true, force: true })
})

async function makeUndisturbed(where: string, date: string): Promise<void> {
  const ferry = startNight(where, date)
  let said = ''
  ferry.stderr?.on('data', (bytes: Buffer) => (said += bytes.toString()))
  expect(await endOf(ferry), said).toBe(0)
}

const hashOf = (path: string): string =>
  createHash('sha256').update(readFileSync(path)).digest('hex')

/** Each file of the night, by its path: what is in it, of a receipt without its times. */
function outputs(where: string, date: string): Map<string, string> {
  const found = new Map<string, string>()
  for (const top of ['results', 'intermediate']) {
    const names = readdirSync(join(where, top, date), { recursive: true, encoding: 'utf8' })
    for (const name of names.toSorted()) {
      const path = join(where, top, date, name)
      if (!statSync(path).isFile()) continue
      found.set(`${top}/${name}`, name.endsWith('.json') ? receiptOf(path) : hashOf(path))
    }
  }
  return found
}

function receiptOf(path: string): string {
  const { started_at, finished_at, ...rest }: ModelReceipt = JSON.parse(readFileSync(path, 'utf8'))
  expect(Date.parse(finished_at)).toBeGreaterThanOrEqual(Date.parse(started_at))
  return JSON.stringify(rest)
}

/** A hash of each table and view of the warehouse, its rows in order. */
async function warehouse(where: string): Promise<string> {
  const names = `SELECT table_schema || '.' || table_name FROM information_schema.tables ORDER BY 1`
  const listed = await runFerry(['sql', '--tsv', '-e', names], { cwd: where })
  expect(listed.code, listed.stderr).toBe(0)
  const tables = listed.stdout.trim().split('\n').slice(1)
  const hashes = tables.map(
    name =>
      `SELECT '${name}' AS name, count(*) AS n, md5(string_agg(r::VARCHAR, '|' ORDER BY r::VARCHAR)) AS hash FROM ${name} r`,
  )
  const query = `${hashes.join(' UNION ALL ')} ORDER BY 1`
  const result = await runFerry(['sql', '--csv', '-e', query], { cwd: where })
  expect(result.code, result.stderr).toBe(0)
  expect(tables.length).toBe(MODEL_COUNT + 5) // the sources, the ledger
  return result.stdout
}

/** What the append and the incremental model must hold after these nights, from first principles. */
async function expectRowsOfAllNights(nights: number): Promise<void> {
  const appended = await runFerry(
    [
      'sql',
      '--tsv',
      '-e',
      'SELECT _ferry_date, count(*), count(DISTINCT n) FROM ticks GROUP BY ALL ORDER BY 1',
    ],
    { cwd: project },
  )
  const expected = Array.from({ length: nights }, (_, n) => `${dateOf(n)}\t${EVENTS}\t${EVENTS}`)
  expect(appended.stdout.trim().split('\n').slice(1)).toEqual(expected)
  const newest = new Map<number, string>()
  for (let night = 0; night < nights; night += 1) {
    const day = dayOf(dateOf(night))
    for (let n = 0; n < EVENTS; n += 1) newest.set(eventId(n, day), `${n}\t${day}`)
  }
  const state = await runFerry(['sql', '--tsv', '-e', 'SELECT id, n, day FROM state ORDER BY 1'], {
    cwd: project,
  })
  expect(state.stdout.trim().split('\n').slice(1)).toEqual(
    [...newest].toSorted(([a], [b]) => a - b).map(([id, rest]) => `${id}\t${rest}`),
  )
}

/** None when ferry was killed before make ran a recipe. */
function records(date: string): ReturnType<typeof readCommands> {
  const path = join(project, 'logs', date, 'timing_env.log')
  return existsSync(path) ? readCommands(readFileSync(path, 'utf8')) : []
}

/** Receipts that are proven done, as they are on the disk. */
function noteReceipts(date: string, noted: Map<string, string>): void {
  for (const { begin, end } of records(date)) {
    if (end?.exit_code !== 0 || !begin.target.endsWith('.json') || noted.has(begin.target)) continue
    const path = join(project, begin.target)
    noted.set(begin.target, `${statSync(path).mtimeMs} ${hashOf(path)}`)
  }
}

/** The targets that ran again after they had come to their end, those whose shell was hit excepted. */
function ranAgain(date: string, hit: ReadonlySet<string>): string[] {
  const finished = new Map<string, string>()
  const wellEnded = new Map<string, number>()
  const again: string[] = []
  for (const { begin, end } of records(date)) {
    const { target, run_id } = begin
    if (target === 'cleanup') continue
    const before = finished.get(target)
    if (before !== undefined && !hit.has(target)) again.push(`${target}: ${before}, then ${run_id}`)
    const key = `${target} ${run_id}`
    if (end?.exit_code === 0) wellEnded.set(key, (wellEnded.get(key) ?? 0) + 1)
    if (wellEnded.get(key) === linesOf(target)) finished.set(target, run_id ?? '')
  }
  expect(finished.size).toBe(TARGETS)
  return again
}

interface Disturbed {
  readonly kills: number
  readonly calls: number
}

/** Makes a night with up to `wanted` kills in it, until it is made. */
async function disturb(
  date: string,
  wanted: number,
  random: (below: number) => number,
): Promise<Disturbed> {
  const hit = new Set<string>()
  const noted = new Map<string, string>()
  let kills = 0
  let calls = 0
  for (let code: number | null = 1; code !== 0; ) {
    const ferry = startNight(project, date)
    calls += 1
    expect(calls, `seed ${SEED}: the night ends some time`).toBeLessThan(100)
    let pauses = true
    while (kills < wanted && ferry.exitCode === null && ferry.signalCode === null) {
      if (pauses) await sleep(50 + random(1_500))
      if (bag.length === 0) bag.push(...kinds)
      const index = random(bag.length)
      const kind = bag[index] ?? 'make'
      if (calls > 1 || kills > 0) noteReceipts(date, noted)
      const struck = strike(project, kind, ferry, random)
      pauses = struck !== undefined
      if (struck === undefined) {
        await sleep(10)
        continue
      }
      bag.splice(index, 1)
      for (const target of struck) hit.add(target)
      counts[kind] = (counts[kind] ?? 0) + 1
      kills += 1
      if (ENDS_ATTEMPT.has(kind)) break
    }
    code = await endOf(ferry)
  }
  const about = `seed ${SEED}, night of ${date}`
  expect(ranAgain(date, hit), about).toEqual([])
  for (const [target, before] of noted) {
    const path = join(project, target)
    if (!hit.has(target)) expect(`${statSync(path).mtimeMs} ${hashOf(path)}`, about).toBe(before)
  }
  const left = nightProcesses(project).filter(one => one.kind !== 'warehouse')
  expect(left, 'nothing is left running').toEqual([])
  return { kills, calls }
}

test(`${KILLS} kills at random in nights of models: whole, once, and the same bytes`, {
  timeout: 3_600_000,
}, async () => {
  const random = generator(SEED)
  let kills = 0
  let calls = 0
  let nights = 0
  while (kills < KILLS) {
    nights += 1
    const date = dateOf(nights)
    await makeUndisturbed(twin, date)
    const wanted = Math.min(KILLS - kills, KILLS_A_NIGHT)
    const disturbed = await disturb(date, wanted, random)
    kills += disturbed.kills
    calls += disturbed.calls
    const about = `seed ${SEED}, night of ${date}`
    expect(outputs(project, date), about).toEqual(outputs(twin, date))
    expect(await warehouse(project), about).toBe(await warehouse(twin))
    await expectRowsOfAllNights(nights + 1)
  }
  const byKind = kinds.map(kind => `${counts[kind]} ${kind}`).join(', ')
  console.log(
    `${kills} kills (${byKind}) in ${nights} nights of ${TARGETS} targets, ${MODEL_COUNT} of them models, ${calls} calls of ferry run, seed ${SEED}`,
  )
})

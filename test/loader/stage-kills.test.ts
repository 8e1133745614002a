/**
 * A night after the other is mirrored and loaded, and killed with SIGKILL on the way, each time at a stage
 * that was seen to have begun: while rows are read, while a part is written, staged, merged, committed. Both
 * commands are then run again. In the end the warehouse holds what the source does, each delivery once.
 * With FERRY_SOAK=1 fifty kills a stage (40 minutes).
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type PostgresServer, startPostgres } from '../../servers/postgres.ts'
import { warehouseStatus } from '../../src/databases/open-warehouse.ts'
import { FERRY, runFerry } from '../support/run-ferry.ts'

const EACH = process.env['FERRY_SOAK'] === '1' ? Number(process.env['FERRY_KILLS'] ?? 50) : 1
const ROWS = 30_000
const CHANGED = 500

type Stage = 'reading' | 'uploading' | 'staging' | 'merging' | 'committing'
const LOAD_STAGES = ['staging', 'merging', 'committing'] as const

/** The statement by which a load's stage begins, as FERRY_DEBUG=1 tells it. */
const BEGINS: Readonly<Record<(typeof LOAD_STAGES)[number], RegExp>> = {
  staging: /(COPY|INSERT INTO) "production"\."__ferry_stage_/,
  merging: /: (MERGE INTO|UPDATE|DELETE FROM|INSERT INTO) "production"\."tasks"/,
  committing: /: COMMIT/,
}

let source: PostgresServer
let warehouse: PostgresServer
beforeAll(async () => {
  source = await startPostgres()
  warehouse = await startPostgres()
})
afterAll(() => Promise.all([source.stop(), warehouse.stop()]))

async function change(...statements: readonly string[]): Promise<unknown[]> {
  const client = new Client(source.url)
  await client.connect()
  let rows: unknown[] = []
  for (const text of statements) ({ rows } = await client.query<Record<string, unknown>>(text))
  await client.end()
  return rows
}

const dateOf = (night: number): string =>
  new Date(Date.UTC(2026, 0, 1 + night)).toISOString().slice(0, 10)

describe.each(['duckdb', 'postgres'] as const)('%s', engine => {
  let project: string
  const seen: Record<Stage, number> = {
    reading: 0,
    uploading: 0,
    staging: 0,
    merging: 0,
    committing: 0,
  }
  beforeAll(async () => {
    project = await mkdtemp(join(tmpdir(), 'ferry-stage-kills-'))
    const url = engine === 'duckdb' ? 'duckdb:./hot.duckdb' : warehouse.url
    const tasks = { key: 'id', updated_at: 'updated_at' }
    const production = { url: source.url, connections: 2, part_size: '30kB', tables: { tasks } }
    const config = { warehouses: { hot: url }, sources: { production } }
    await writeFile(join(project, 'ferry.yaml'), JSON.stringify(config))
  })
  afterAll(async () => {
    await runFerry(['warehouse', 'stop'], { cwd: project })
    await rm(project, { recursive: true, force: true })
  })

  const start = (args: readonly string[]): ChildProcess =>
    spawn(FERRY, args, {
      cwd: project,
      env: { ...process.env, TODAY: undefined, FERRY_DEBUG: '1' },
      stdio: ['ignore', 'ignore', 'pipe'],
    })

  async function again(args: readonly string[]): Promise<void> {
    for (let tries = 0; ; tries += 1) {
      const { code, stderr } = await runFerry(args, { cwd: project })
      if (code === 0) return
      if (tries === 3) throw new Error(stderr)
    }
  }

  /** Kills a mirror when the source sends it rows, or when the first part is there. */
  async function killMirror(
    stage: 'reading' | 'uploading',
    args: readonly string[],
  ): Promise<void> {
    const date = args[2] ?? ''
    // What an earlier try of the night left would look like a part of this one.
    await rm(folderOf(project, date), { recursive: true, force: true })
    const child = start(['mirror', ...args])
    child.stderr?.resume()
    const exit = once(child, 'exit')
    const hasBegun = stage === 'reading' ? await readingOf(source.url) : partsOf(project, date)
    while (child.exitCode === null && child.signalCode === null) {
      if (!(await hasBegun.ask())) {
        await sleep(1)
        continue
      }
      await sleep(Math.random() * 10)
      if (child.exitCode === null) seen[stage] += 1
      child.kill('SIGKILL')
      break
    }
    await hasBegun.end()
    await exit
  }

  /** Kills a load, or the process that owns the embedded warehouse, when a stage has begun. */
  async function killLoad(stage: keyof typeof BEGINS, date: string, owner: boolean): Promise<void> {
    const child = start(['load', 'production.tasks', '--date', date])
    const exit = once(child, 'exit')
    const target = { url: 'duckdb:./hot.duckdb', projectDirectory: project }
    if (child.stderr === null) throw new Error('it has a pipe')
    for await (const line of createInterface(child.stderr)) {
      if (!BEGINS[stage].test(line)) continue
      const pid = owner && engine === 'duckdb' ? (await warehouseStatus(target))?.pid : undefined
      await sleep(Math.random() * (stage === 'committing' ? 2 : 8))
      if (child.exitCode === null) seen[stage] += 1
      if (pid === undefined) child.kill('SIGKILL')
      else process.kill(pid, 'SIGKILL')
      break
    }
    child.stderr.resume()
    await exit
  }

  async function ask(query: string): Promise<string> {
    const { stdout, stderr } = await runFerry(['sql', '-e', query, '--csv'], { cwd: project })
    expect(stderr).toBe('')
    return stdout
  }

  test(`killed ${EACH} times at each stage`, { timeout: 60_000 + EACH * 120_000 }, async () => {
    await change(
      'DROP TABLE IF EXISTS tasks',
      `CREATE TABLE tasks AS SELECT i AS id, md5(i::text) AS token, 0 AS night, now() AS updated_at
       FROM generate_series(1, ${ROWS}) i`,
      'ALTER TABLE tasks ADD PRIMARY KEY (id)',
    )
    await again(['mirror', 'production.tasks', '--date', dateOf(0)])
    await again(['load', 'production.tasks', '--date', dateOf(0)])
    const nights = EACH * LOAD_STAGES.length
    for (let night = 1; night <= nights; night += 1) {
      const date = dateOf(night)
      const stage = LOAD_STAGES[night % LOAD_STAGES.length] ?? 'staging'
      const names = ['production.tasks', '--date', date]
      // Every fourth night is mirrored as a whole, in many parts; its load swaps tables and merges nothing.
      const full = night % 4 === 0 && stage !== 'merging' ? ['--full'] : []
      await change(
        `UPDATE tasks SET night = ${night}, updated_at = now() WHERE id % ${ROWS / CHANGED} = ${night % 60}`,
        `INSERT INTO tasks SELECT ${ROWS} + ${night} * 100 + i, 'new', ${night}, now() FROM generate_series(1, 100) i`,
      )
      await killMirror(night % 2 === 0 ? 'reading' : 'uploading', [...names, ...full])
      await again(['mirror', ...names, ...full])
      await killLoad(stage, date, night % 2 === 0)
      await again(['load', ...names])
    }
    console.log(engine, JSON.stringify(seen))
    const [of] = await change(
      `SELECT concat_ws(',', count(*), count(DISTINCT id), sum(night), sum(id)) AS text FROM tasks`,
    )
    expect(
      await ask('SELECT count(*), count(DISTINCT id), sum(night), sum(id) FROM production.tasks'),
    ).toContain((of as { text: string }).text)
    expect(await ask('SELECT count(*), count(DISTINCT delivery) FROM ferry.loads')).toContain(
      `\n${nights + 1},${nights + 1}\n`,
    )
    const left = `SELECT count(*) FROM information_schema.tables WHERE table_name LIKE '\\_\\_ferry%' ESCAPE '\\'`
    expect(await ask(left)).toContain('\n0\n')
    const compared = await runFerry(['compare', 'production.tasks', '--date', dateOf(nights)], {
      cwd: project,
    })
    expect(compared.code).toBe(0)
    // A stage may be over before its kill arrives; not always.
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(EACH / 2 - 1)
  })
})

interface Watch {
  readonly ask: () => Promise<boolean>
  readonly end: () => Promise<void>
}

async function readingOf(url: string): Promise<Watch> {
  const client = new Client(url)
  await client.connect()
  const reads = `SELECT FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'COPY%'`
  return {
    ask: async () => (await client.query(reads)).rowCount !== 0,
    end: () => client.end(),
  }
}

const folderOf = (project: string, date: string): string =>
  join(project, `intermediate/${date}/mirror/production.tasks.parts`)

function partsOf(project: string, date: string): Watch {
  const folder = folderOf(project, date)
  const names = (): Promise<string[]> => readdir(folder).catch(() => [])
  return { ask: async () => (await names()).length > 0, end: async () => {} }
}

/**
 * `ferry load`, or the process that owns the embedded warehouse, killed with SIGKILL at random moments
 * (while it stages, merges or commits), then run again: each delivery is there exactly once.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type PostgresServer, startPostgres } from '../../servers/postgres.ts'
import { warehouseStatus } from '../../src/databases/open-warehouse.ts'
import { FERRY, runFerry } from '../support/run-ferry.ts'
import { column, hand } from './deliver.ts'

const KILLS = process.env['FERRY_SOAK'] === '1' ? 50 : 6
const NIGHTS = KILLS + 1
const ROWS = 20_000
/** Rows of the merged table that a night changes. */
const CHANGED = 5_000

let server: PostgresServer
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

interface Kill {
  readonly afterMs: number
  readonly owner: boolean
}

async function load(project: string, date: string, kill?: Kill): Promise<number | null> {
  const child = spawn(FERRY, ['load', '--date', date], { cwd: project, stdio: 'ignore' })
  const exit = once(child, 'exit')
  if (kill !== undefined) {
    await Promise.race([exit, sleep(kill.afterMs)])
    const target = { url: 'duckdb:./hot.duckdb', projectDirectory: project }
    const owner = kill.owner ? await warehouseStatus(target) : undefined
    if (owner === undefined) child.kill('SIGKILL')
    else process.kill(owner.pid, 'SIGKILL')
  }
  await exit
  return child.exitCode
}

describe.each(['duckdb', 'postgres'] as const)('%s', engine => {
  let project: string
  beforeAll(async () => {
    project = await mkdtemp(join(tmpdir(), 'ferry-load-kill-'))
    const url = engine === 'duckdb' ? 'duckdb:./hot.duckdb' : server.url
    await writeFile(join(project, 'ferry.yaml'), `warehouses: { hot: "${url}" }\n`)
  })
  afterAll(async () => {
    await runFerry(['warehouse', 'stop'], { cwd: project })
    await rm(project, { recursive: true, force: true })
  })

  async function ask(query: string): Promise<string> {
    const { stdout, stderr } = await runFerry(['sql', '-e', query, '--csv'], { cwd: project })
    expect(stderr).toBe('')
    return stdout.split('\n').slice(1, -1).join('\n')
  }

  /** One that only grows and has no key, and one whose rows change. */
  async function deliver(night: number, date: string): Promise<void> {
    const columns = [column('id', 'integer'), column('night', 'integer'), column('note', 'text')]
    const takenAt = `${date}T01:00:00Z`
    const row = (id: number) => [String(id), String(night), `row ${id} of night ${night}`]
    const grown = Array.from({ length: ROWS }, (_, id) => row(id))
    await hand(project, {
      columns,
      parts: [grown.slice(0, ROWS / 2), grown.slice(ROWS / 2)],
      table: { name: 'grows', key: [] },
      delivery: { mode: 'append', date, takenAt, from: night === 0 ? null : 'x' },
    })
    const changed = Array.from({ length: CHANGED }, (_, id) => row(id * ((night % 3) + 1)))
    await hand(project, {
      columns,
      parts: [changed],
      table: { name: 'changes' },
      delivery: { date, takenAt, from: night === 0 ? null : 'x' },
    })
  }

  const dateOf = (night: number): string =>
    new Date(Date.UTC(2026, 0, 1 + night)).toISOString().slice(0, 10)

  test(`${KILLS} kills, and every delivery is there once`, {
    timeout: KILLS * 60_000,
  }, async () => {
    await deliver(0, dateOf(0))
    expect(await load(project, dateOf(0))).toBe(0)
    // The first load started the warehouse's process; this one is a usual one.
    await deliver(1, dateOf(1))
    const started = performance.now()
    expect(await load(project, dateOf(1))).toBe(0)
    const usualMs = performance.now() - started
    const newest = new Map<number, number>()
    for (let night = 0; night <= NIGHTS; night += 1) {
      for (let id = 0; id < CHANGED; id += 1) newest.set(id * ((night % 3) + 1), night)
    }
    let killed = 0
    for (let night = 2; night <= NIGHTS; night += 1) {
      await deliver(night, dateOf(night))
      const afterMs = usualMs * (0.2 + 0.8 * Math.random())
      const code = await load(project, dateOf(night), { afterMs, owner: night % 2 === 0 })
      if (code !== 0) killed += 1
      let tries = 0
      while ((await load(project, dateOf(night))) !== 0) expect((tries += 1)).toBeLessThan(3)
    }
    expect(killed).toBeGreaterThan(0)
    expect(
      await ask(
        'select night, count(*), count(distinct id) from production.grows group by 1 order by 1',
      ),
    ).toBe(Array.from({ length: NIGHTS + 1 }, (_, night) => `${night},${ROWS},${ROWS}`).join('\n'))
    const nights = Array.from({ length: NIGHTS + 1 }, (_, night) => {
      const count = [...newest.values()].filter(one => one === night).length
      return count === 0 ? [] : [`${night},${count}`]
    })
    expect(await ask('select night, count(*) from production.changes group by 1 order by 1')).toBe(
      nights.flat().join('\n'),
    )
    expect(
      await ask(
        'select table_name, count(*), count(distinct delivery) from ferry.loads group by 1 order by 1',
      ),
    ).toBe(
      ['changes', 'grows'].map(name => `production.${name},${NIGHTS + 1},${NIGHTS + 1}`).join('\n'),
    )
    expect(
      await ask(
        "select count(*) from information_schema.tables where table_name like '\\_\\_ferry%' escape '\\'",
      ),
    ).toBe('0')
    const left = await readdir(join(project, '.ferry/load'))
    expect(left.filter(name => name.startsWith('parts-'))).toEqual([])
  })
})

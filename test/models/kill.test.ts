/**
 * `ferry model`, or the process that owns the embedded warehouse, killed with SIGKILL at random
 * moments, then run again: as if nothing had been.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type PostgresServer, startPostgres } from '../../servers/postgres.ts'
import { warehouseStatus } from '../../src/databases/open-warehouse.ts'
import { makePlayground, type Playground } from './model-playground.ts'

const KILLS = process.env['FERRY_SOAK'] === '1' ? 100 : 10
const ferry = resolve(import.meta.dirname, '../../bin/ferry')

let server: PostgresServer
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

interface Ended {
  readonly code: number | null
  readonly stderr: string
}

async function model(
  play: Playground,
  date: string,
  kill?: { afterMs: number; owner: boolean },
): Promise<Ended> {
  const child = spawn(ferry, ['model', 'ticks', 'state', 'total', '--date', date], {
    cwd: play.directory,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let stderr = ''
  child.stderr.on('data', (bytes: Buffer) => (stderr += bytes.toString()))
  const exit = once(child, 'exit') as Promise<[number | null]> // its documented arguments
  if (kill !== undefined) {
    await Promise.race([exit, sleep(kill.afterMs)])
    const target = { url: 'duckdb:./warehouse.duckdb', projectDirectory: play.directory }
    const owner = kill.owner ? await warehouseStatus(target) : undefined
    if (owner === undefined) child.kill('SIGKILL')
    else process.kill(owner.pid, 'SIGKILL')
  }
  const [code] = await exit
  return { code, stderr }
}

describe.each(['duckdb', 'postgres'] as const)('%s', engine => {
  let play: Playground
  let schema: string
  beforeAll(async () => {
    schema = engine === 'duckdb' ? 'main' : 'killed'
    play = await makePlayground(
      engine === 'duckdb' ? 'duckdb:./warehouse.duckdb' : server.url,
      schema,
    )
    const series = engine === 'duckdb' ? 'range(3000) as r(n)' : 'generate_series(0, 2999) as r(n)'
    await play.run(
      'CREATE SCHEMA IF NOT EXISTS shop',
      'DROP TABLE IF EXISTS shop.sales',
      `CREATE TABLE shop.sales AS SELECT n AS id, 0 AS night, TIMESTAMP '2026-01-01 00:00' AS updated_at FROM ${series}`,
    )
    const sales = `<%= source('shop', 'sales') %>`
    await play.write('models/ticks.sql', `-- materialize: append\nselect id, night from ${sales}`)
    await play.write(
      'models/state.sql',
      `-- materialize: incremental\n-- key: id\n-- updated_at: updated_at\n-- checks: [ { unique: id } ]\nselect * from ${sales}`,
    )
    await play.write(
      'models/total.sql',
      `-- result: csv\nselect count(*) as n, sum(night) as nights from <%= ref('state') %>`,
    )
  })
  afterAll(() => play[Symbol.asyncDispose]())

  test(`${KILLS} kills, and every night is there once`, { timeout: KILLS * 20_000 }, async () => {
    let killed = 0
    await model(play, '2026-01-01')
    const started = performance.now()
    expect(await model(play, '2026-01-01')).toMatchObject({ code: 0 })
    const usualMs = performance.now() - started
    for (let night = 1; night <= KILLS; night += 1) {
      const date = new Date(Date.UTC(2026, 0, 1 + night)).toISOString().slice(0, 10)
      await play.run(
        `UPDATE shop.sales SET night = ${night}, updated_at = TIMESTAMP '${date} 00:00' WHERE id % 3 = ${night % 3}`,
      )
      const kill = {
        afterMs: Math.random() * usualMs,
        owner: engine === 'duckdb' && night % 3 === 0,
      }
      const first = await model(play, date, kill)
      if (first.code !== 0) killed += 1
      expect(await model(play, date)).toMatchObject({ code: 0 })
      expect(
        await play.rows(`SELECT count(*), count(DISTINCT _ferry_date) FROM ${schema}.ticks`),
      ).toEqual([[(night + 1) * 3_000, night + 1]])
      const wrong = await play.rows(
        `SELECT count(*) FROM (SELECT id, night FROM shop.sales EXCEPT SELECT id, night FROM ${schema}.state) AS d`,
      )
      expect(wrong).toEqual([[0]])
      const sum = await play.rows('SELECT count(*), sum(night) FROM shop.sales')
      expect(await play.read(`results/${date}/total.csv`)).toBe(`n,nights\n${String(sum[0])}\n`)
    }
    expect(killed).toBeGreaterThan(KILLS / 4)
  })

  test('twenty models at once', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `many_${index}`)
    for (const name of names) {
      await play.write(
        `models/${name}.sql`,
        `-- materialize: ${name.endsWith('5') ? 'append' : 'table'}\n-- checks: [ { not_null: id } ]\nselect id from <%= source('shop', 'sales') %>`,
      )
    }
    await Promise.all(names.map(name => play.build(name)))
    for (const name of names) {
      expect(await play.rows(`SELECT count(*) FROM ${schema}.${name}`)).toEqual([[3_000]])
    }
  })

  test('one model is built by one process at a time', async () => {
    const built = await Promise.allSettled([play.build('many_1'), play.build('many_1')])
    const failed = built.filter(one => one.status === 'rejected')
    for (const one of failed) expect(one.reason).toMatchObject({ code: 'BUSY', exitCode: 75 })
    expect(failed.length).toBeLessThan(2)
  })
})

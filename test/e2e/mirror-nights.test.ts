/**
 * Nights of mirroring, loading and proving, while writers change the source as they like: transactions
 * that stay open for seconds and commit late with an early stamp, stamps that are equal, keys that
 * change, rows that are deleted, clocks that jump. Each night is held against its fingerprints; and
 * while the writers rest, the warehouse is read beside the source, row by row.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startPostgres } from '../../servers/postgres.ts'
import { addDays, parseLogicalDate } from '../../src/core/logical-date.ts'
import { dialectOf } from '../../src/databases/open-database.ts'
import { stopWarehouse } from '../../src/databases/open-warehouse.ts'
import { readTexts } from '../../src/databases/read-texts.ts'
import { runFerry } from '../support/run-ferry.ts'
import { type Writers, startWriters } from './source-writers.ts'

const NIGHTS = process.env['FERRY_SOAK'] === undefined ? 2 : 20
const WAREHOUSE = 'duckdb:./warehouse.duckdb'
const TABLES = ['tasks', 'jumps'] as const
type Table = (typeof TABLES)[number]

let folder = ''
let server: Awaited<ReturnType<typeof startPostgres>>
let writers: Writers

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ferry-mirror-nights-'))
  server = await startPostgres()
  await writeFile(
    join(folder, 'ferry.yaml'),
    `warehouses: { hot: "${WAREHOUSE}" }
sources:
  shop:
    url: ${server.url}
    overlap: 1s
    tables: { tasks: { updated_at: updated_at }, jumps: { updated_at: updated_at } }
`,
  )
  writers = await startWriters(server.url)
})
afterAll(async () => {
  await writers.stop()
  await stopWarehouse({ url: WAREHOUSE, projectDirectory: folder })
  await server.stop()
  await rm(folder, { recursive: true })
})

async function ferry(...args: readonly string[]): Promise<string> {
  const done = await runFerry(args, { cwd: folder })
  if (done.code !== 0)
    throw new Error(`ferry ${args.join(' ')}: ${done.code}: ${done.stdout}${done.stderr}`)
  return done.stdout
}

interface Found {
  readonly missing: number
  readonly surplus: number
  readonly different: number
  readonly repaired: number
  readonly equal: boolean
}

/** Mirrors, loads and proves. */
async function night(date: string): Promise<Readonly<Record<Table, Found>>> {
  await ferry('mirror', 'shop', '--date', date)
  await ferry('load', '--date', date)
  const found = async (table: Table): Promise<Found> =>
    JSON.parse(await ferry('compare', `shop.${table}`, '--date', date, '--json'))
  return { tasks: await found('tasks'), jumps: await found('jumps') }
}

/** All rows by a query that no comparison uses. */
async function rowsOf(url: string, table: string): Promise<readonly string[]> {
  const { signal } = new AbortController()
  const target = { url, projectDirectory: folder, environment: process.env, signal }
  await using session = await (await dialectOf(url)).open(target)
  const query = `SELECT id, title, amount, CAST(extract(epoch FROM updated_at) * 1000000 AS bigint) AS us FROM ${table} ORDER BY id`
  const lines: string[] = []
  for await (const rows of readTexts(session, query)) lines.push(...rows.map(row => row.join('\t')))
  return lines
}

async function expectTheSame(table: Table): Promise<void> {
  const [here, there] = [await rowsOf(server.url, table), await rowsOf(WAREHOUSE, `shop.${table}`)]
  const lines = new Set(here)
  expect(there.filter(line => !lines.has(line)).slice(0, 5)).toEqual([])
  expect(there).toEqual(here)
}

test(`${NIGHTS} nights beside writers lose nothing that the proof does not find`, async () => {
  let date = parseLogicalDate('2026-03-01')
  let deleted = 0
  let jumped = 0
  for (let count = 0; count < NIGHTS; count += 1) {
    const beside = await night(date)
    // Late commits, equal stamps and changed keys: the increment has them all. Only deletions are found.
    expect(beside.tasks).toMatchObject({ missing: 0, different: 0 })
    expect(beside.tasks.repaired).toBe(beside.tasks.surplus)
    deleted += beside.tasks.surplus
    const { missing, surplus, different, repaired } = beside.jumps
    expect(repaired).toBe(missing + surplus + different)
    jumped += missing + different
    await writers.rest()
    date = addDays(date, 1)
    const quiet = await night(date)
    expect(quiet.tasks).toMatchObject({ missing: 0, different: 0 })
    for (const table of TABLES) await expectTheSame(table)
    const again = JSON.parse(await ferry('compare', 'shop.tasks', '--live', '--look', '--json'))
    expect(again).toMatchObject({ equal: true, source_as_of: 'now' })
    jumped += quiet.jumps.missing + quiet.jumps.different
    deleted += quiet.tasks.surplus
    writers.goOn()
    date = addDays(date, 1)
  }
  // The writers did what they are there for.
  expect(writers.done()).toMatchObject({ late: expect.any(Number), keys: expect.any(Number) })
  for (const times of Object.values(writers.done())) expect(times).toBeGreaterThan(0)
  if (NIGHTS > 1) expect(deleted).toBeGreaterThan(0)
  if (NIGHTS > 1) expect(jumped).toBeGreaterThan(0)
}, 3_600_000)

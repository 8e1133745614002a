/** Any damage to a copy is found to its keys, by any key, in either engine; and nothing else is. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startPostgres } from '../../servers/postgres.ts'
import { engineOf } from '../../src/databases/open-database.ts'
import { stopWarehouse } from '../../src/databases/open-warehouse.ts'
import { compareTables } from '../../src/quality/compare/compare-tables.ts'
import type { DifferentRow } from '../../src/quality/compare/different-rows.ts'
import {
  type ComparisonRequest,
  openComparison,
} from '../../src/quality/compare/open-comparison.ts'
import { repairRows } from '../../src/quality/repair/repair-rows.ts'

const WAREHOUSE = 'duckdb:./warehouse.duckdb'
const ROWS = 3_000
let folder = ''
let server: Awaited<ReturnType<typeof startPostgres>>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ferry-compare-tables-'))
  server = await startPostgres()
  for (const url of [server.url, WAREHOUSE]) {
    for (const schema of ['here', 'there']) await run(url, `CREATE SCHEMA ${schema}`)
  }
})
afterAll(async () => {
  await stopWarehouse({ url: WAREHOUSE, projectDirectory: folder })
  await server.stop()
  await rm(folder, { recursive: true })
})

const targetOf = (url: string) => {
  const { signal } = new AbortController()
  return { url, projectDirectory: folder, environment: process.env, signal }
}

async function run(url: string, ...statements: readonly string[]): Promise<void> {
  await using session = await (await engineOf(url)).open(targetOf(url))
  for (const statement of statements) await session.execute(statement)
}

/** A key's columns as SQL of a number `i`, the same in both engines; `first` is as texts. */
const KEYS = {
  'an integer': { columns: { id: 'CAST(i AS bigint) * 1000003 % 999983' } },
  'a text': { columns: { name: "CAST(chr(CAST(65 + i % 50 AS int)) || 'ő' || i AS varchar)" } },
  'a text and a number': {
    columns: { kind: "CAST('Kind ' || (i % 7) AS varchar)", id: 'CAST(i AS int)' },
  },
  'a uuid': { columns: { id: 'CAST(md5(CAST(i AS varchar)) AS uuid)' } },
} as const

const rowsOf = (columns: Readonly<Record<string, string>>, url: string): string => {
  const keys = Object.entries(columns).map(([name, sql]) => `${sql} AS ${name}`)
  const from = url === WAREHOUSE ? `range(1, ${ROWS + 1}) r(i)` : `generate_series(1, ${ROWS}) i`
  return `SELECT CAST(i AS int) AS n, ${keys.join(', ')}, CAST('value ' || i AS varchar) AS value,
    CASE WHEN i % 5 = 0 THEN NULL ELSE CAST(i AS double precision) / 8 END AS amount FROM ${from}`
}

interface Damage {
  readonly removed: readonly number[]
  readonly changed: readonly number[]
  readonly swapped: readonly number[]
  readonly lost: readonly number[]
}

const some = fc.uniqueArray(fc.integer({ min: 1, max: ROWS }), { maxLength: 8 })
const damage: fc.Arbitrary<Damage> = fc
  .record({
    removed: some,
    changed: some,
    swapped: fc.uniqueArray(fc.integer({ min: 1, max: ROWS }), { minLength: 0, maxLength: 2 }),
    // A stretch of rows that the source does not have.
    lost: fc
      .tuple(fc.integer({ min: 1, max: ROWS }), fc.integer({ min: 0, max: 400 }))
      .map(([from, count]) => Array.from({ length: count }, (_, index) => from + index)),
  })
  .map(({ removed, changed, swapped, lost }) => {
    const used = new Set<number>()
    const fresh = (numbers: readonly number[]): readonly number[] =>
      numbers.filter(n => n <= ROWS && !used.has(n) && used.add(n) !== undefined)
    const pair = fresh(swapped)
    return {
      removed: fresh(removed),
      changed: fresh(changed),
      swapped: pair.length === 2 ? pair : [],
      lost: fresh(lost),
    }
  })

const list = (numbers: readonly number[]): string =>
  numbers.length === 0 ? '0' : numbers.join(', ')

function requestOf(there: string, ignored: readonly string[]): ComparisonRequest {
  const place = (schema: string, url: string) => {
    return { title: schema, target: targetOf(url), relation: { schema, name: 't' }, where: [] }
  }
  return {
    source: place('here', server.url),
    target: place('there', there),
    common: false,
    choice: { key: undefined, only: undefined, ignored },
  }
}

async function compare(request: ComparisonRequest) {
  await using opened = await openComparison(request)
  const rows: DifferentRow[] = []
  const watcher = { onRow: (row: DifferentRow) => void rows.push(row), room: () => Infinity }
  return { found: await compareTables(opened.tables, watcher), rows, kind: opened.tables.kind }
}

const CASES = Object.keys(KEYS).flatMap(key =>
  (['PostgreSQL', 'DuckDB'] as const).map(engine => [key as keyof typeof KEYS, engine] as const),
)

test.each(CASES)(
  'damage to a copy is found by %s, and repaired, in %s',
  async (name, engine) => {
    const { columns } = KEYS[name]
    const there = engine === 'DuckDB' ? WAREHOUSE : server.url
    const names = Object.keys(columns)
    const request = requestOf(there, ['n'])
    await fc.assert(
      fc.asyncProperty(damage, async ({ removed, changed, swapped, lost }) => {
        await run(
          server.url,
          'DROP TABLE IF EXISTS here.t',
          `CREATE TABLE here.t AS ${rowsOf(columns, server.url)}`,
          `ALTER TABLE here.t ADD PRIMARY KEY (${names.join(', ')})`,
          `DELETE FROM here.t WHERE n IN (${list(lost)})`,
        )
        const [one = 0, other = 0] = swapped
        await run(
          there,
          'DROP TABLE IF EXISTS there.t',
          `CREATE TABLE there.t AS ${rowsOf(columns, there)}`,
          `DELETE FROM there.t WHERE n IN (${list(removed)})`,
          `UPDATE there.t SET value = value || '!' WHERE n IN (${list(changed)})`,
          `UPDATE there.t SET value = 'value ' || (${one + other} - n) WHERE n IN (${list(swapped)})`,
        )
        const { found, rows, kind } = await compare(request)
        expect(kind).toBe(engine === 'DuckDB' ? 'common' : 'own')
        expect(found).toMatchObject({
          rows: { source: ROWS - lost.length, target: ROWS - removed.length },
          missing: removed.length,
          surplus: lost.length,
          different: changed.length + swapped.length,
        })
        expect(rows).toHaveLength(found.missing + found.surplus + found.different)
        const repair = await repairRows(request, rows)
        expect(repair).toEqual({ repaired: rows.length, unlike: 0 })
        const after = await compare(request)
        expect(after.found).toMatchObject({ missing: 0, surplus: 0, different: 0, moved: 0 })
      }),
      { numRuns: process.env['FERRY_SOAK'] === undefined ? 3 : 40 },
    )
  },
  300_000,
)

test('keys that come twice and keys with a NULL are found in the copy, and repaired', async () => {
  await run(
    server.url,
    'DROP TABLE IF EXISTS here.t',
    `CREATE TABLE here.t (id int PRIMARY KEY, value text)`,
    `INSERT INTO here.t SELECT i, 'v' || i FROM generate_series(1, 1000) i`,
  )
  await run(
    WAREHOUSE,
    'DROP TABLE IF EXISTS there.t',
    `CREATE TABLE there.t AS SELECT i::int AS id, 'v' || i AS value FROM range(1, 1001) r(i)`,
    `INSERT INTO there.t VALUES (5, 'v5'), (6, 'x'), (NULL, 'nobody'), (NULL, NULL)`,
  )
  const request = requestOf(WAREHOUSE, [])
  const { found, rows } = await compare(request)
  expect(found).toMatchObject({ missing: 0, surplus: 4, different: 0 })
  await repairRows(request, rows)
  expect((await compare(request)).found).toMatchObject({ missing: 0, surplus: 0, different: 0 })
})

test('without a key, counts and the sum of all rows decide', async () => {
  const fill = (schema: string, more: string): readonly string[] => [
    `DROP TABLE IF EXISTS ${schema}.t`,
    `CREATE TABLE ${schema}.t (value text)`,
    `INSERT INTO ${schema}.t VALUES ('a'), ('b'), (NULL)${more}`,
  ]
  const request = requestOf(WAREHOUSE, [])
  await run(server.url, ...fill('here', ''))
  await run(WAREHOUSE, ...fill('there', ''))
  expect((await compare(request)).found).toMatchObject({ byKey: false, different: 0, missing: 0 })
  await run(WAREHOUSE, `UPDATE there.t SET value = 'c' WHERE value = 'b'`)
  expect((await compare(request)).found).toMatchObject({ byKey: false, different: 1 })
  await run(WAREHOUSE, `DELETE FROM there.t WHERE value = 'a'`)
  expect((await compare(request)).found).toMatchObject({ byKey: false, missing: 1 })
})

/** Nights in which parts go to an object store, and warehouses of two kinds are loaded from there. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type PostgresServer, startPostgres } from '../../servers/postgres.ts'
import { parseTableManifest } from '../../src/formats/table-manifest.ts'
import { CLOUDS, type Cloud } from '../support/cloud.ts'
import { runFerry } from '../support/run-ferry.ts'

const ROWS = 60_000

let source: PostgresServer
let warehouse: PostgresServer
let cloud: Cloud
let project = ''
const ferry = (...args: readonly string[]) => runFerry(args, { cwd: project, env: cloud.env })

beforeAll(async () => {
  const start = CLOUDS.find(([name]) => name === 's3')?.[1]
  if (start === undefined) throw new Error('S3 is one of the clouds')
  cloud = await start()
  source = await startPostgres()
  warehouse = await startPostgres()
  project = await mkdtemp(join(tmpdir(), 'ferry-through-store-'))
  await sql(`CREATE TABLE tasks (id bigint PRIMARY KEY, title text, price numeric(10,2), data bytea,
      updated_at timestamptz NOT NULL DEFAULT now());
    INSERT INTO tasks SELECT i, 'task "' || i || E'", é\\n', i / 7.0, decode(md5(i::text), 'hex'), now() - interval '3 days'
      FROM generate_series(1, ${ROWS}) i;
    CREATE TABLE audit (id bigint PRIMARY KEY, what text); INSERT INTO audit VALUES (1, 'first'), (2, NULL)`)
  await writeFile(
    join(project, 'ferry.yaml'),
    `warehouses: { hot: 'duckdb:./hot.duckdb', cold: '${warehouse.url}' }
stores: { lake: '${cloud.url}lake/' }
sources:
  shop:
    url: ${source.url}
    stage: 'lake:parts/'
    part_size: 200kB
    overlap: 1s
    tables: { tasks: { updated_at: updated_at, chunks: 2 }, audit: { mode: append, cursor: id } }
load: { into: [hot, cold] }
run: { targets: [mirror, load] }\n`,
  )
  await writeFile(
    join(project, 'makefile'),
    'include .ferry/rules.mk\n.ferry/rules.mk:\n\tferry rules\n',
  )
}, 120_000)
afterAll(async () => {
  await ferry('warehouse', 'stop')
  await Promise.all([cloud[Symbol.asyncDispose](), source.stop(), warehouse.stop()])
  await rm(project, { recursive: true, force: true })
})

async function sql(statements: string): Promise<void> {
  const client = new Client(source.url)
  await client.connect()
  await client.query(statements)
  await client.end()
}

/** All rows of the source, and what the warehouses have of them. */
async function holdings(): Promise<readonly string[]> {
  const client = new Client(source.url)
  await client.connect()
  const query = (schema: string, hex: string): string =>
    `SELECT id, title, price, ${hex} AS data FROM ${schema}tasks ORDER BY id`
  const there = await client.query<Record<string, unknown>>(query('', "encode(data, 'hex')"))
  await client.end()
  const texts = there.rows.map(({ id, title, price, data }) =>
    JSON.stringify([String(id), title, price, data]),
  )
  const found = [texts.join('\n')]
  for (const [on, hex] of [
    ['hot', 'lower(hex(data))'],
    ['cold', "encode(data, 'hex')"],
  ] as const) {
    const { stdout } = await ferry('sql', '--on', on, '-e', query('shop.', hex), '--format', 'json')
    const rows = stdout.trimEnd().split('\n')
    found.push(
      rows
        .map(row => JSON.parse(row, asWritten) as Record<string, string>)
        .map(({ id, title, price, data }) => JSON.stringify([id, title, price, data]))
        .join('\n'),
    )
  }
  return found
}

/** A number with all the digits that it was written with. */
const asWritten = (_: string, value: unknown, context?: { readonly source?: string }): unknown =>
  typeof value === 'number' ? (context?.source ?? String(value)) : value

test('two nights by way of S3: both warehouses hold what the source does', async () => {
  const first = await ferry('run', '--once', '--date', '2026-03-01')
  expect(first.code, first.stderr).toBe(0)
  const text = await readFile(join(project, 'intermediate/2026-03-01/mirror/shop.tasks'), 'utf8')
  const { parts } = parseTableManifest(text, 'shop.tasks')
  expect(parts.length).toBeGreaterThan(2)
  for (const { url } of parts) expect(url.startsWith(`${cloud.url}lake/parts/mirror/`)).toBe(true)
  // Nothing of the rows lies on this machine.
  expect(await readdir(join(project, 'intermediate/2026-03-01/mirror'))).not.toContain(
    'shop.tasks.parts',
  )
  const [there, hot, cold] = await holdings()
  expect(there?.split('\n')).toHaveLength(ROWS)
  expect(hot).toBe(there)
  expect(cold).toBe(there)

  await sql(`UPDATE tasks SET title = 'changed', updated_at = now() WHERE id % 100 = 0;
    DELETE FROM tasks WHERE id % 1000 = 1; INSERT INTO tasks VALUES (99999, '', NULL, '');
    INSERT INTO audit VALUES (3, 'third')`)
  const second = await ferry('run', '--once', '--date', '2026-03-02')
  expect(second.code, second.stderr).toBe(0)
  const delivered = parseTableManifest(
    await readFile(join(project, 'intermediate/2026-03-02/mirror/shop.tasks'), 'utf8'),
    'shop.tasks',
  )
  expect(delivered.delivery.rows).toBe('changes')
  // What was deleted, increments do not tell; the comparison does.
  for (const on of ['hot', 'cold']) {
    const found = await ferry('compare', 'shop.tasks', `${on}:shop.tasks`, '--repair')
    expect(found.stdout).toContain('0 missing, 60 too many, 0 different')
  }
  const [now, ...others] = await holdings()
  expect(now?.split('\n')).toHaveLength(ROWS - 60 + 1)
  for (const other of others) expect(other).toBe(now)
  for (const on of ['hot', 'cold']) {
    const audit = 'SELECT id, what FROM shop.audit ORDER BY id'
    const { stdout } = await ferry('sql', '--on', on, '-e', audit, '--csv')
    expect(stdout).toBe('id,what\n1,first\n2,\n3,third\n')
  }
}, 240_000)

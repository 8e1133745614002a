import { glob, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { expect, test } from 'vitest'
import { eventToJson } from '../../src/collector/event-json.ts'
import { readParquetEvents } from '../../src/collector/event-parquet.ts'
import { openStore } from '../../src/stores/open-store.ts'
import { collection, CollectorProject } from '../support/collector.ts'
import { runFerry } from '../support/run-ferry.ts'
import { silent } from '../support/silent-logger.ts'

const TEXTS = ['plain', 'a "quote", a\u0001separator\nand a line', 'Ünïcödé 🚢', '', 'null', '0']

async function collectParquet(project: CollectorProject): Promise<string> {
  const collector = await project.start()
  for (const [at, text] of TEXTS.entries()) {
    const payloads = Array.from({ length: 500 }, (_, index) => ({
      at: String(1_700_000_000 + index),
      event: `e${index % 7}`,
      nr: at * 500 + index,
      user_id: text,
      parameters: index % 2 === 0 ? [] : [{ name: 'text', value: text }],
    }))
    const answer = await fetch(`${collector.url}/api/v1/track`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(collection(payloads)),
    })
    expect(answer.status).toBe(200)
  }
  expect(await collector.stop()).toBe(0)
  const [name = ''] = await Array.fromAsync(glob('events/*/*', { cwd: project.directory }))
  expect(name).toMatch(/-\d{16}\.parquet$/)
  return join(project.directory, name)
}

test.each(['gzip', 'zstd', 'none'])(
  'Parquet with %s: DuckDB reads what the JSON lines of the same events say',
  async compress => {
    await using project = await CollectorProject.make(
      `{ workers: 1, format: parquet, compress: ${compress} }`,
    )
    const path = await collectParquet(project)
    const output = join(project.directory, 'day.jsonl')
    const verified = await runFerry(['events', 'verify', path, '--output', output], {
      cwd: project.directory,
    })
    expect([verified.code, verified.stderr]).toEqual([0, ''])
    const connection = await (await DuckDBInstance.create(':memory:')).connect()
    const ask = async (sql: string) => (await connection.runAndReadAll(sql)).getRowObjectsJson()
    const columns = `session, nr, env, "at", event, user_id, received_at, sequence, ip,
      json_array_length(coalesce(parameters, '[]')) AS given, parameters->>'$[0].name' AS name,
      parameters->>'$[0].value' AS value`
    const difference = (one: string, other: string): string =>
      `SELECT * FROM (SELECT ${columns} FROM ${one} EXCEPT ALL SELECT ${columns} FROM ${other})`
    await connection.run(`CREATE TABLE p AS FROM read_parquet('${path}')`)
    await connection.run(`CREATE TABLE j AS FROM read_json('${output}', format='newline_delimited',
      columns={session: 'VARCHAR', nr: 'BIGINT', env: 'VARCHAR', "at": 'TIMESTAMP', event: 'VARCHAR',
      user_id: 'VARCHAR', received_at: 'TIMESTAMP', sequence: 'BIGINT', ip: 'VARCHAR', parameters: 'JSON'})`)
    expect(await ask('SELECT count(*)::INT AS n FROM p')).toEqual([{ n: TEXTS.length * 500 }])
    expect(await ask(difference('p', 'j'))).toEqual([])
    expect(await ask(difference('j', 'p'))).toEqual([])
    const types = await ask(
      "SELECT column_name || ' ' || data_type AS t FROM duckdb_columns() WHERE table_name = 'p'",
    )
    expect(types.map(one => one['t'])).toEqual(
      expect.arrayContaining([
        'nr BIGINT',
        'sequence BIGINT',
        'at TIMESTAMP',
        'received_at TIMESTAMP',
        'env VARCHAR',
        'parameters VARCHAR',
      ]),
    )
    connection.closeSync()
  },
)

test('a segment that is delivered again is compared by what it holds', async () => {
  await using project = await CollectorProject.make(
    '{ workers: 1, format: parquet, segment: { age: 1h } }',
  )
  const spool = join(project.directory, '.ferry/collect')
  const first = await project.start()
  const post = async (nr: number) =>
    fetch(`${first.url}/api/v1/track`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(collection([{ at: '1700000000', event: 'open', nr }])),
    })
  await post(1)
  const [open = ''] = await Array.fromAsync(glob('*.open', { cwd: spool }))
  const one = await readFile(join(spool, open))
  await post(2)
  const both = await readFile(join(spool, open))
  expect(await first.stop()).toBe(0)
  const sealed = join(spool, open.replace('.open', '.ready'))
  await writeFile(sealed, both)
  const second = await project.start()
  expect(await second.stop()).toBe(0)
  expect(second.said).not.toContain('cannot deliver')
  expect(await Array.fromAsync(glob('*.ready', { cwd: spool }))).toEqual([])
  await writeFile(sealed, one)
  const third = await project.start()
  expect(await third.stop()).toBe(0)
  expect(third.said).toContain('with other content')
  expect(await Array.fromAsync(glob('*.ready', { cwd: spool }))).toHaveLength(1)
})

test('what is no Parquet file is an error of the data', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'ferry-parquet-'))
  await writeFile(join(directory, 'a.parquet'), 'PAR1 and something else')
  const url = { scheme: 'file', bucket: directory, key: '' } as const
  await using store = await openStore(url, { environment: {}, logger: silent })
  const { signal } = new AbortController()
  const events = readParquetEvents(store, await store.stat('a.parquet', { signal }), signal)
  await expect(Array.fromAsync(events, eventToJson)).rejects.toMatchObject({ code: 'DATA_INVALID' })
  await rm(directory, { recursive: true })
})

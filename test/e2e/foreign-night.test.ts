import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type PostgresServer, startPostgres } from '../../servers/postgres.ts'
import { loadDump } from '../support/load-dump.ts'

/** Real databases, files and logs of others; CI sets it where it has them. */
const data = process.env['FERRY_TEST_DATA']
const run = promisify(execFile)
const ferry = join(import.meta.dirname, '../../bin/ferry')
const DATE = '2026-11-22'

describe.skipIf(data === undefined)('a night over data that nobody here made', () => {
  let server: PostgresServer
  let project: string
  const database = (name: string): string => server.url.replace(/\/[^/]*$/, `/${name}`)

  beforeAll(async () => {
    server = await startPostgres()
    const admin = new Client(server.url)
    await admin.connect()
    for (const name of ['pagila', 'chinook']) await admin.query(`create database ${name}`)
    await admin.end()
    await loadDump(database('pagila'), join(data ?? '', 'db/postgres/pagila.sql'))
    await loadDump(database('chinook'), join(data ?? '', 'db/postgres/Chinook_PostgreSql.sql'))
    project = await mkdtemp(join(tmpdir(), 'ferry-foreign-'))
    await cp(join(import.meta.dirname, 'foreign-night'), project, { recursive: true })
    await run(ferry, ['run', '--date', DATE], {
      cwd: project,
      env: {
        ...process.env,
        FERRY_TEST_PAGILA_URL: database('pagila'),
        FERRY_TEST_CHINOOK_URL: database('chinook'),
      },
    })
  }, 180_000)

  afterAll(async () => {
    await run(ferry, ['warehouse', 'stop'], { cwd: project }).catch(() => undefined)
    await server.stop()
  })

  const result = async (name: string): Promise<string[][]> => {
    const text = await readFile(join(project, 'results', DATE, `${name}.csv`), 'utf8')
    return text
      .trim()
      .split('\n')
      .slice(1)
      .map(line => line.split(','))
  }

  test('every table arrives with as many rows as its database says', async () => {
    const rows = await result('table_rows')
    expect(rows).toHaveLength(25)
    for (const [name = '', count] of rows) {
      const [schema = '', table] = name.split('.')
      const client = new Client(database(schema))
      await client.connect()
      const { rows: said } = await client.query<{ n: string }>(`select count(*) n from ${table}`)
      await client.end()
      expect([name, count]).toEqual([name, said[0]?.n])
    }
  })

  test('sums are those of the database itself', async () => {
    const client = new Client(database('chinook'))
    await client.connect()
    const { rows } = await client.query<{ country: string; n: string; revenue: string }>(
      `select billing_country country, count(*) n, sum(total) revenue
       from invoice group by 1 order by billing_country collate "C"`,
    )
    await client.end()
    const ours = (await result('chinook_revenue_by_country')).map(([country, n, revenue]) => ({
      country,
      n,
      revenue: Number(revenue).toFixed(2),
    }))
    expect(ours).toEqual(rows)
  })

  test('every line of every log is in the warehouse', async () => {
    for (const [format, files, counted, said] of await result('log_lines_by_format')) {
      // The manifest counts line ends: a last line without one is ours but not its.
      const more = Number(counted) - Number(said)
      expect([format, more >= 0 && more <= Number(files)]).toEqual([format, true])
    }
  })

  test('every command is on record, begun and ended well', async () => {
    const text = await readFile(join(project, 'logs', DATE, 'timing_env.log'), 'utf8')
    const records = text
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as { tag: string; id: string; exit_code: number | null })
    const begun = records.filter(record => record.tag === 'BEGIN').map(record => record.id)
    const ended = records.filter(record => record.tag === 'END')
    expect(begun.length).toBeGreaterThan(80)
    expect(ended.map(record => record.id).sort()).toEqual(begun.sort())
    expect(ended.every(record => record.exit_code === 0)).toBe(true)
  })
})

import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createConnection } from 'mysql2/promise'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type MariadbServer, startMariadb } from '../../servers/mariadb.ts'
import { type PostgresServer, startPostgres } from '../../servers/postgres.ts'
import { parseCounts } from '../../src/formats/counts.ts'
import { compareWithQuery } from '../support/compare-with-postgres.ts'
import { loadDump } from '../support/load-dump.ts'

/** Real databases of others; CI sets it where it has them. */
const data = process.env['FERRY_TEST_DATA']
const run = promisify(execFile)
const ferry = join(import.meta.dirname, '../../bin/ferry')
const PROJECT = join(import.meta.dirname, 'foreign-mirror')
/** They are deleted between the nights. */
const FILMS_OF_ACTOR_7 = 30
const NIGHTS = ['2026-11-21', '2026-11-22'] as const

describe.skipIf(data === undefined)('mirrors of databases that nobody here made', () => {
  let postgres: PostgresServer
  let mariadb: MariadbServer
  let project: string
  let env: NodeJS.ProcessEnv

  beforeAll(async () => {
    postgres = await startPostgres()
    mariadb = await startMariadb()
    const admin = new Client(postgres.url)
    await admin.connect()
    await admin.query('create database pagila')
    await admin.end()
    const pagila = postgres.url.replace(/\/[^/]*$/, '/pagila')
    await loadDump(pagila, join(data ?? '', 'db/postgres/pagila.sql'))
    mariadb.run(await readFile(join(data ?? '', 'db/mysql/Chinook_MySql.sql'), 'utf8'))
    project = await mkdtemp(join(tmpdir(), 'ferry-foreign-mirror-'))
    await cp(PROJECT, project, { recursive: true })
    const chinook = mariadb.url.replace(/\/[^/]*$/, '/Chinook')
    env = { ...process.env, FERRY_TEST_PAGILA_URL: pagila, FERRY_TEST_CHINOOK_URL: chinook }
  }, 180_000)

  afterAll(async () => {
    await run(ferry, ['warehouse', 'stop'], { cwd: project, env }).catch(() => undefined)
    await Promise.all([postgres.stop(), mariadb.stop()])
    await rm(project, { recursive: true })
  })

  const sql = async (format: string, statement: string): Promise<string> => {
    const options = { cwd: project, env, maxBuffer: 2 ** 28 }
    return (await run(ferry, ['sql', format, '-e', statement], options)).stdout
  }

  /** Tables of a source by the name of its schema in the warehouse. */
  const tablesOf = async (schema: string): Promise<string[]> => {
    const text = await sql(
      '--csv',
      `select table_name from information_schema.tables where table_schema = '${schema}' order by 1`,
    )
    return text.trim().split('\n').slice(1)
  }

  const compared = async (date: string, table: string): Promise<unknown> => {
    const path = `results/${date}/counts/compare/pagila.${table}.json`
    return parseCounts(await readFile(join(project, path), 'utf8'), path).compared
  }

  const assertPagila = async (): Promise<void> => {
    const client = new Client(env['FERRY_TEST_PAGILA_URL'])
    await client.connect()
    try {
      const tables = await tablesOf('pagila')
      expect(tables).toHaveLength(13)
      for (const table of tables) {
        const path = join(project, 'found.csv')
        // DuckDB spells bytes in its own way.
        const spelt =
          table === 'staff' ? " replace (chr(92) || 'x' || hex(picture) as picture)" : ''
        await writeFile(path, await sql('--csv', `select *${spelt} from pagila.${table}`))
        const { unexpected, missing } = await compareWithQuery(client, [path], `table ${table}`)
        expect({ table, unexpected, missing }).toEqual({ table, unexpected: [], missing: [] })
      }
    } finally {
      await client.end()
    }
  }

  const assertChinook = async (): Promise<void> => {
    const client = await createConnection({
      uri: env['FERRY_TEST_CHINOOK_URL'] ?? '',
      dateStrings: true,
      charset: 'utf8mb4',
    })
    try {
      const tables = await tablesOf('chinook')
      expect(tables).toHaveLength(11)
      for (const table of tables) {
        const [rows] = await client.query({ sql: `select * from \`${table}\``, rowsAsArray: true })
        const lines = (await sql('--json', `select * from chinook."${table}"`)).trim().split('\n')
        const found = lines.map(line => Object.values(JSON.parse(line) as object))
        expect([table, sortedTexts(found)]).toEqual([table, sortedTexts(rows as unknown[][])])
      }
    } finally {
      await client.end()
    }
  }

  test('a night brings every table; the next one what changed, also what no time stamp tells', {
    timeout: 600_000,
  }, async () => {
    for (const [index, date] of NIGHTS.entries()) {
      if (index > 0) {
        const client = new Client(env['FERRY_TEST_PAGILA_URL'])
        await client.connect()
        await client.query(await readFile(join(PROJECT, 'pagila-changes.sql'), 'utf8'))
        await client.end()
        const changes = await readFile(join(PROJECT, 'chinook-changes.sql'), 'utf8')
        mariadb.run(`USE Chinook; SET FOREIGN_KEY_CHECKS = 0; ${changes}`)
      }
      await run(ferry, ['run', '--once', '--date', date], { cwd: project, env })
      await assertPagila()
      await assertChinook()
      // What no increment can see the comparison did see, and it was mended.
      expect(await compared(date, 'city')).toMatchObject({ different: index, repaired: index })
      const surplus = index === 0 ? 0 : FILMS_OF_ACTOR_7
      expect(await compared(date, 'film_actor')).toMatchObject({ surplus, repaired: surplus })
    }
  })
})

/** Rows as texts, in their order: numbers and decimals alike. */
const sortedTexts = (rows: readonly unknown[][]): string[] =>
  rows.map(row => JSON.stringify(row.map(textOf))).sort()

function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return /^-?\d+(\.\d+)?$/.test(text) ? String(Number(text)) : text
}

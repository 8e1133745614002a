/**
 * Redshift cannot be had here: its wire is PostgreSQL's, so a PostgreSQL server stands in for it, set to
 * read a backslash in strings as Redshift does. What Redshift alone has is tested as text, by its plans.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startPostgres } from '../../servers/postgres.ts'
import { dialectOf } from '../../src/databases/open-database.ts'
import { readAll } from '../../src/databases/read-all.ts'
import { dialectContract, exportText, failureOf, standardSpelling } from './dialect.contract.ts'

let server: Awaited<ReturnType<typeof startPostgres>>
let url = ''
beforeAll(async () => {
  const settings = { standard_conforming_strings: 'off', escape_string_warning: 'off' }
  server = await startPostgres({ settings })
  url = server.url.replace('postgres:', 'redshift:')
})
afterAll(async () => server.stop())

const open = async (signal = new AbortController().signal, target = url) =>
  (await dialectOf(target)).open({ url: target, projectDirectory: '.', environment: {}, signal })

dialectContract('redshift', async () => ({
  dialect: await dialectOf(url),
  spelling: {
    ...standardSpelling,
    series: (first, last) => `SELECT i FROM generate_series(${first}, ${last}) AS i`,
    failsLate: `SELECT 1 / (900000 - i) FROM generate_series(1, 1000000) AS i`,
  },
  endlessQuery: 'SELECT pg_sleep(300)',
  showStatement: 'SHOW server_version',
  open: signal => open(signal),
}))

test('results are read by portals: COPY TO STDOUT is never sent', async () => {
  await using session = await open()
  await using other = await open()
  const last = `SELECT query FROM pg_stat_activity WHERE application_name = 'ferry' AND pid <> pg_backend_pid()`
  expect(await exportText(session, 'SELECT 1 AS a')).toBe('a\n1\n')
  expect(String((await readAll(other, last))[0]?.[0])).not.toContain('COPY')
})

test('the port is 5439 unless somebody says another', async () => {
  const failure = await failureOf(open(undefined, 'redshift://x@127.0.0.1/dev?sslmode=disable'))
  expect(failure.message).toBe('no Redshift answers at `127.0.0.1:5439`')
})

test('a new table takes the place of an old one, or of a view, in a transaction', async () => {
  await using session = await open()
  const { sql } = await dialectOf(url)
  const live = { schema: 'public', name: 'live' }
  const build = { schema: 'public', name: 'live_new' }
  await session.execute(sql.createOrReplaceView(live, 'SELECT 1 AS a'))
  for (const was of ['view', 'table'] as const) {
    await session.execute(sql.createTableAs(build, `SELECT ${sql.literal(`${was}\\`)} AS a`))
    await session.execute('BEGIN')
    for (const text of sql.replaceWithTable({ live, build, was })) await session.execute(text)
    await session.execute('COMMIT')
    expect(await readAll(session, 'SELECT a FROM live')).toEqual([[`${was}\\`]])
  }
})

/** Servers of a company are seldom all new: the oldest that is read, and one that is older than that. */
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type PostgresServer, startPostgres } from '../../servers/postgres.ts'
import type { OldMajor } from '../../servers/postgres-package.ts'
import { engineOf } from '../../src/databases/open-database.ts'
import { failureOf } from './dialect.contract.ts'
import { POSTGRES_VALUES } from './postgres-values.ts'
import { NO_LIMITS, sourceContract } from './source.contract.ts'

const targetOf = (url: string, signal = new AbortController().signal) => ({
  url,
  projectDirectory: '.',
  environment: {},
  signal,
})

async function run(url: string, ...statements: readonly string[]): Promise<void> {
  const client = new Client(url)
  await client.connect()
  for (const statement of statements) await client.query(statement)
  await client.end()
}

/** What came with PostgreSQL 14 and 15. */
const isNew = (type: string, expression: string): boolean =>
  (type === 'numeric' && expression.includes('Infinity')) || type === 'numeric(5,-2)'

const majors: readonly OldMajor[] = process.env['FERRY_SOAK'] === undefined ? [12] : [12, 13]
const servers = new Map<OldMajor, PostgresServer>()
const urlOf = (major: OldMajor): string => servers.get(major)?.url ?? ''
beforeAll(async () => {
  for (const major of [...majors, 11] as const) servers.set(major, await startPostgres({ major }))
}, 120_000)
afterAll(async () => {
  for (const server of servers.values()) await server.stop()
})

for (const major of majors) {
  sourceContract(`postgres ${major}`, async () => ({
    engine: await engineOf(urlOf(major)),
    target: signal => targetOf(urlOf(major), signal),
    fill: (name, rows) => [
      `CREATE TABLE ${name} (id bigint PRIMARY KEY, note text)`,
      `INSERT INTO ${name} SELECT i, 'note ' || i FROM generate_series(1, ${rows}) i`,
      `ANALYZE ${name}`,
    ],
    lock: name => ['BEGIN', `LOCK TABLE ${name} IN ACCESS EXCLUSIVE MODE`],
    slowCondition: "pg_sleep(1)::text = ''",
    cutReaders: () =>
      run(
        urlOf(major),
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'ferry mirror' AND state = 'active'",
      ),
    refusedType: 'money',
    values: POSTGRES_VALUES.map(({ type, values }) => ({
      type,
      values: values.filter(([expression]) => !isNew(type, expression)),
    })).filter(({ values }) => values.length > 0),
  }))
}

test('an older server is refused in one sentence', async () => {
  const url = urlOf(11)
  const engine = await engineOf(url)
  const { source } = engine
  const target = targetOf(url)
  const failure = await failureOf(source?.openSnapshot(target, NO_LIMITS) ?? Promise.resolve())
  expect(failure).toMatchObject({ code: 'UNSUPPORTED' })
  expect(failure.message).toBe(
    'the source is PostgreSQL 11, and tables are mirrored from 12 or newer',
  )
  await using session = await engine.open(target)
  expect(await failureOf(source?.discover(session) ?? Promise.resolve())).toMatchObject({
    code: 'UNSUPPORTED',
  })
})

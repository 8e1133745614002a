import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { engineOf } from '../../src/databases/open-database.ts'
import { startPostgres } from '../../servers/postgres.ts'
import { failureOf } from './dialect.contract.ts'
import { POSTGRES_VALUES } from './postgres-values.ts'
import { NO_LIMITS, rowsOf, sourceContract } from './source.contract.ts'

let server: Awaited<ReturnType<typeof startPostgres>>
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(async () => server.stop())

async function run(...statements: readonly string[]): Promise<void> {
  const client = new Client(server.url)
  await client.connect()
  for (const statement of statements) await client.query(statement)
  await client.end()
}

const target = (signal = new AbortController().signal) => ({
  url: server.url,
  projectDirectory: '.',
  environment: {},
  signal,
})

sourceContract('postgres', async () => ({
  engine: await engineOf(server.url),
  target,
  fill: (name, rows) => [
    `CREATE TABLE ${name} (id bigint PRIMARY KEY, note text)`,
    `INSERT INTO ${name} SELECT i, 'note ' || i FROM generate_series(1, ${rows}) i`,
    `ANALYZE ${name}`,
  ],
  lock: name => ['BEGIN', `LOCK TABLE ${name} IN ACCESS EXCLUSIVE MODE`],
  slowCondition: "pg_sleep(1)::text = ''",
  cutReaders: () =>
    run(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'ferry mirror' AND state = 'active'",
    ),
  refusedType: 'money',
  values: POSTGRES_VALUES,
}))

test('domains are told by what they are of; enumerations and arrays by their names', async () => {
  await run(
    "CREATE TYPE mood AS ENUM ('sad', 'ok')",
    'CREATE DOMAIN small AS numeric(6,2)',
    'CREATE DOMAIN smaller AS small CHECK (VALUE < 5)',
    'CREATE TABLE odd (a smaller, b mood, c mood[], d timestamp(3) with time zone, e "char")',
  )
  const { source } = await engineOf(server.url)
  await using snapshot = await source?.openSnapshot(target(), NO_LIMITS)
  await using reader = await snapshot?.reader()
  const table = await reader?.describe({ name: 'odd' })
  expect(table?.columns.map(({ type }) => type)).toEqual([
    { kind: 'decimal', precision: 6, scale: 2 },
    { kind: 'other', name: 'mood' },
    { kind: 'other', name: 'mood[]' },
    { kind: 'timestamp', zone: true, digits: 3 },
    { kind: 'other', name: '"char"' },
  ])
})

test.each([
  ['rewritten', 'ALTER TABLE rewritten ALTER COLUMN note TYPE varchar(99)'],
  ['emptied', 'TRUNCATE emptied'],
])('a table that was %s after the snapshot is not taken for an empty one', async (name, change) => {
  await run(`CREATE TABLE ${name} AS SELECT 1 AS id, 'x'::text AS note`)
  const { source } = await engineOf(server.url)
  await using snapshot = await source?.openSnapshot(target(), NO_LIMITS)
  await run(change)
  await using reader = await snapshot?.reader()
  expect(await failureOf(reader?.describe({ name }) ?? Promise.resolve())).toMatchObject({
    code: 'SOURCE_CHANGED',
  })
})

test('partitions are read as one table, in ranges too', async () => {
  await run(
    'CREATE TABLE parted (id bigint PRIMARY KEY, note text) PARTITION BY RANGE (id)',
    'CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (300000)',
    'CREATE TABLE parted_2 PARTITION OF parted FOR VALUES FROM (300000) TO (1000000)',
    "INSERT INTO parted SELECT i, repeat('x', 60) FROM generate_series(0, 599999) i",
    'ANALYZE parted',
  )
  const { source } = await engineOf(server.url)
  await using snapshot = await source?.openSnapshot(target(), NO_LIMITS)
  await using reader = await snapshot?.reader()
  const table = await reader?.describe({ name: 'parted' })
  if (reader === undefined || table === undefined) throw new Error('no source')
  expect(table.estimatedRows).toBeGreaterThan(500_000)
  const ranges = await reader.ranges(table, 3)
  expect(ranges).toHaveLength(3)
  let rows = 0
  for (const range of ranges) {
    const stream = await reader.read({ table, columns: ['id'], where: [range] })
    for await (const _ of stream.pieces);
    rows += stream.rows()
  }
  expect(rows).toBe(600_000)
  expect((await source?.discover(reader.session))?.map(found => found.relation.name)).not.toContain(
    'parted_1',
  )
})

test('who may not see what others do is not told that nothing is in flight', async () => {
  await run('CREATE ROLE humble LOGIN', 'GRANT SELECT ON ALL TABLES IN SCHEMA public TO humble')
  const other = new Client(server.url)
  await other.connect()
  await other.query('BEGIN')
  const { source } = await engineOf(server.url)
  const humble = { ...target(), url: server.url.replace('postgres@', 'humble@') }
  await using snapshot = await source?.openSnapshot(humble, NO_LIMITS)
  expect(snapshot?.inFlightSince).toBeNull()
  await other.end()
})

test('of a database that never checked its texts, UTF-8 is taken and all else is refused', async () => {
  await run(
    "CREATE DATABASE unchecked ENCODING 'SQL_ASCII' LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0",
  )
  const url = server.url.replace(/\/[^/]*$/, '/unchecked')
  const writer = new Client(url)
  await writer.connect()
  await writer.query(`CREATE TABLE good AS SELECT 'x' || repeat('é', 3000000) AS note;
    CREATE TABLE latin AS SELECT 1 AS id, 'é' AS good, E'Caf\\xe9' AS note;
    CREATE TABLE two AS SELECT ARRAY[E'a\\\\,\\xe9'] AS tags, E'\\\\xff'::bytea AS data, E'\\xff'::varchar(9) AS "a ""name""";
    CREATE TABLE long_latin AS SELECT repeat('x', 3000000) || E'\\xe9' || repeat('x', 3000000) AS note`)
  await writer.end()
  const { source } = await engineOf(url)
  await using snapshot = await source?.openSnapshot({ ...target(), url }, NO_LIMITS)
  const read = async (name: string) => {
    await using reader = await snapshot?.reader()
    const table = await reader?.describe({ name })
    if (reader === undefined || table === undefined) throw new Error('no source')
    const columns = table.columns.map(column => column.name)
    return await rowsOf(await reader.read({ table, columns, where: ['true'] }))
  }
  expect(await read('good')).toEqual([[`x${'é'.repeat(3_000_000)}`]])
  for (const [name, columns] of [
    ['latin', ['note']],
    ['long_latin', ['note']],
    ['two', ['tags', 'a "name"']],
  ] as const) {
    const failure = await failureOf(read(name))
    expect(failure).toMatchObject({ code: 'DATA_INVALID', details: { column: columns.join(', ') } })
    expect(failure.message).toContain(name)
    for (const column of columns) expect(failure.message).toContain(`\`${column}\``)
  }
})

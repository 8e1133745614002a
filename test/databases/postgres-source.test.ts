import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { engineOf } from '../../src/databases/open-database.ts'
import { startPostgres } from '../../servers/postgres.ts'
import { failureOf } from './dialect.contract.ts'
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

const own = (...texts: readonly string[]) => texts.map(text => [`'${text}'`, text] as const)
const control = String.fromCharCode(...Array.from({ length: 31 }, (_, at) => at + 1), 127)

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
  values: [
    {
      type: 'boolean',
      values: [
        ['true', 't'],
        ['false', 'f'],
        ['NULL', null],
      ],
    },
    { type: 'smallint', values: own('-32768', '32767', '0') },
    { type: 'bigint', values: own('-9223372036854775808', '9007199254740993') },
    {
      type: 'numeric',
      values: own(
        'NaN',
        'Infinity',
        '-Infinity',
        '1.10',
        '0',
        `-${'9'.repeat(1_000)}.${'1'.repeat(500)}`,
      ),
    },
    {
      type: 'numeric(10,2)',
      values: [
        ["'1.1'", '1.10'],
        ["'-0.005'", '-0.01'],
        ["'NaN'", 'NaN'],
        ["'0'", '0.00'],
      ],
    },
    { type: 'numeric(5,-2)', values: [["'123456'", '123500']] },
    {
      type: 'double precision',
      values: own(
        'NaN',
        'Infinity',
        '-Infinity',
        '0.1',
        '5e-324',
        '-0',
        '1e+22',
        '1.7976931348623157e+308',
      ),
    },
    { type: 'real', values: own('0.1', '3.4028235e+38', '1e-45') },
    {
      type: 'text',
      values: [
        ["''", ''],
        ['NULL', null],
        ["'NULL'", 'NULL'],
        ["E'\\\\.'", '\\.'],
        ["'\\N'", '\\N'],
        ['\'a,b;c|d\t"e"\'', 'a,b;c|d\t"e"'],
        ["E'\\r\\n \\n'", '\r\n \n'],
        ["'🎉 árvíz 日本'", '🎉 árvíz 日本'],
        [`'${control.replace("'", "''")}'`, control],
        ['chr(1)||chr(65533)', '\u0001\ufffd'],
      ],
    },
    { type: 'character(6)', values: [["'ab'", 'ab    ']] },
    { type: 'character varying(20)', values: own('x ', ' y') },
    {
      type: 'bytea',
      values: [
        ["'\\x00ff5c22'", '\\x00ff5c22'],
        ["''", '\\x'],
      ],
    },
    {
      type: 'date',
      values: [
        ...own(
          '0001-01-01',
          '4713-01-01 BC',
          '5874897-12-31',
          'infinity',
          '-infinity',
          '1582-10-10',
        ),
      ],
    },
    {
      type: 'time',
      values: [
        ["'12:34:56.100'", '12:34:56.1'],
        ["'24:00:00'", '24:00:00'],
      ],
    },
    {
      type: 'time with time zone',
      values: [
        ["'12:34:56+05:30'", '12:34:56+05:30'],
        ["'01:00+02'", '01:00:00+02'],
      ],
    },
    {
      type: 'timestamp',
      values: own(
        '2026-03-01 12:34:56.123456',
        '0044-03-15 12:00:00.5 BC',
        'infinity',
        '294276-12-31 23:59:59.999999',
      ),
    },
    {
      type: 'timestamptz',
      values: [
        ["'2026-03-01 12:34:56.1+05:30'", '2026-03-01 07:04:56.1+00'],
        ["'0044-03-15 12:00:00+00 BC'", '0044-03-15 12:00:00+00 BC'],
        ["'-infinity'", '-infinity'],
      ],
    },
    {
      type: 'interval',
      values: own('1 year 2 mons 3 days 04:05:06.789012', '-1 mons +3 days -04:05:06.789'),
    },
    {
      type: 'uuid',
      values: [["'6BA7B810-9DAD-11D1-80B4-00C04FD430C8'", '6ba7b810-9dad-11d1-80b4-00c04fd430c8']],
    },
    { type: 'json', values: own('{"a": 1e400, "a": 2}') },
    { type: 'jsonb', values: own('{"a": 12345678901234567890.10}') },
    { type: 'int[]', values: own('{1,NULL,3}') },
    { type: 'text[]', values: [["ARRAY[NULL,'NULL','','a,b']", '{NULL,"NULL","","a,b"}']] },
    { type: 'int4range', values: own('[1,5)') },
    { type: 'inet', values: own('192.168.0.1/24') },
    { type: 'point', values: own('(1.5,-2)') },
    { type: 'bit varying', values: own('10101') },
    { type: 'xml', values: own('<a>b</a>') },
  ],
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

import { afterAll, beforeAll, expect, test } from 'vitest'
import { engineOf } from '../../src/databases/open-database.ts'
import { startMariadb } from '../../servers/mariadb.ts'
import { failureOf } from './dialect.contract.ts'
import { MYSQL_VALUES } from './mysql-values.ts'
import { NO_LIMITS, rowsOf, sourceContract } from './source.contract.ts'

let server: Awaited<ReturnType<typeof startMariadb>>
beforeAll(async () => {
  server = await startMariadb()
}, 60_000)
afterAll(async () => server.stop())

const target = (signal = new AbortController().signal, parameters = '') => ({
  url: server.url + parameters,
  projectDirectory: '.',
  environment: { HOME: '/nonexistent' },
  signal,
})

sourceContract('mysql', async () => ({
  engine: await engineOf(server.url),
  target,
  fill: (name, rows) => [
    `CREATE TABLE ${name} (id bigint PRIMARY KEY, note longtext)`,
    `INSERT INTO ${name} SELECT seq, CONCAT('note ', seq) FROM seq_1_to_${Math.max(1, rows)} LIMIT ${rows}`,
    `ANALYZE TABLE ${name}`,
  ],
  lock: name => [`LOCK TABLES ${name} WRITE`],
  slowCondition: 'SLEEP(1) = 0',
  cutReaders: async () => {
    const engine = await engineOf(server.url)
    await using session = await engine.open(target())
    const { batches } = await session.query(
      `SELECT id FROM information_schema.processlist
       WHERE info LIKE 'SELECT%SLEEP(1)%' AND id <> connection_id()`,
    )
    const ids: string[] = []
    for await (const rows of batches) ids.push(...rows.map(([id]) => String(id)))
    for (const id of ids) await session.execute(`KILL ${id}`)
  },
  refusedType: 'point',
  values: MYSQL_VALUES,
}))

async function openOne(parameters = '') {
  const { source } = await engineOf(server.url)
  if (source === undefined) throw new Error('MySQL is a source')
  return await source.openSnapshot(target(undefined, parameters), NO_LIMITS)
}

/** The only column `c` of a table, read by a URL with these parameters. */
async function readColumn(name: string, parameters = '') {
  await using snapshot = await openOne(parameters)
  await using reader = await snapshot.reader()
  const table = await reader.describe({ name })
  return (await rowsOf(await reader.read({ table, columns: ['c'], where: [] }))).map(
    ([text]) => text,
  )
}

const ODD: readonly (readonly [
  type: string,
  value: string,
  choice: string,
  text: string | null,
])[] = [
  ['date', '0000-00-00', 'zero-dates=null', null],
  ['date', '2026-00-15', 'zero-dates=null', null],
  ['date', '2026-05-00', 'zero_dates=null', null],
  ['date', '0000-05-05', 'zero-dates=null', null],
  ['datetime(6)', '0000-00-00 00:00:00', 'zero-dates=null', null],
  ['timestamp', '0000-00-00 00:00:00', 'zero-dates=null', null],
  ['time', '-838:59:59', 'time=interval', '-838:59:59'],
  ['time(6)', '24:00:00.000001', 'time=interval', '24:00:00.000001'],
  ['time(6)', '-00:00:00.500000', 'time=interval', '-00:00:00.5'],
  ['time', '100:00:00', 'time=interval', '100:00:00'],
]

test.each(ODD)(
  '%s %s is refused by name, or taken if told so',
  async (type, value, choice, text) => {
    server.run(`USE ferry; SET sql_mode = ''; CREATE OR REPLACE TABLE odd (id int, c ${type});
    INSERT INTO odd VALUES (1, '${value}')`)
    const failure = await failureOf(readColumn('odd'))
    expect(failure).toMatchObject({ code: 'DATA_INVALID', details: { column: 'c' } })
    expect(failure.message).toContain('`odd`')
    expect(failure.hint).toContain(choice.replace('_', '-'))
    expect(await readColumn('odd', `?${choice}`)).toEqual([text])
  },
)

test('shapes are refused, or taken as their text if told so', async () => {
  server.run(`USE ferry; CREATE OR REPLACE TABLE odd (id int, c linestring);
    INSERT INTO odd VALUES (1, ST_GeomFromText('LINESTRING(0 0,1.5 -2)')), (2, NULL)`)
  await using snapshot = await openOne()
  await using reader = await snapshot.reader()
  expect(await reader.describe({ name: 'odd' })).toMatchObject({
    columns: [{ name: 'id' }],
    refused: [{ name: 'c', native: 'linestring' }],
  })
  expect(await readColumn('odd', '?geometry=text')).toEqual(['LINESTRING(0 0,1.5 -2)', null])
})

test('several readers begin at one moment, and more than that later', async () => {
  server.run(`USE ferry; CREATE OR REPLACE TABLE together (id int PRIMARY KEY);
    INSERT INTO together VALUES (1)`)
  const { source } = await engineOf(server.url)
  await using snapshot = await source?.openSnapshot(target(), { ...NO_LIMITS, readers: 3 })
  server.run('INSERT INTO ferry.together VALUES (2)') // nobody is held up any more
  const counts: number[] = []
  for (let index = 0; index < 4; index += 1) {
    await using reader = await snapshot?.reader()
    const table = await reader?.describe({ name: 'together' })
    if (reader === undefined || table === undefined) throw new Error('there is a reader')
    counts.push((await rowsOf(await reader.read({ table, columns: ['id'], where: [] }))).length)
  }
  expect(counts).toEqual([1, 1, 1, 2])
})

test('who may not hold up writers, or see what others do, reads all the same', async () => {
  server.run(`USE ferry; CREATE OR REPLACE TABLE plain (id int PRIMARY KEY); INSERT INTO plain VALUES (1);
    CREATE OR REPLACE USER reader@'%'; GRANT SELECT ON ferry.* TO reader@'%'`)
  const { source } = await engineOf(server.url)
  const url = server.url.replace('root@', 'reader@')
  await using snapshot = await source?.openSnapshot(
    { ...target(), url },
    { ...NO_LIMITS, readers: 2 },
  )
  expect(snapshot?.inFlightSince).toBeNull()
  await using reader = await snapshot?.reader()
  expect((await reader?.describe({ name: 'plain' }))?.key).toEqual(['id'])
})

test('readers are held up by a long statement for two seconds at most', async () => {
  const engine = await engineOf(server.url)
  await using busy = await engine.open(target())
  server.run(
    'USE ferry; CREATE OR REPLACE TABLE slow (id int); INSERT INTO slow VALUES (1), (2), (3)',
  )
  const running = busy.execute('SELECT SLEEP(2) FROM slow')
  const began = Date.now()
  await using snapshot = await engine.source?.openSnapshot(target(), { ...NO_LIMITS, readers: 2 })
  expect(Date.now() - began).toBeLessThan(5_000)
  expect(snapshot?.id).toBeNull()
  await running
})

test('a table that changes its shape after the snapshot is told, not read in two shapes', async () => {
  for (const change of ['ADD COLUMN extra int', 'DROP COLUMN note', 'MODIFY note varchar(9)']) {
    server.run(`USE ferry; CREATE OR REPLACE TABLE shaped (id int PRIMARY KEY, note text, more int);
      INSERT INTO shaped VALUES (1, 'x', 2)`)
    await using snapshot = await openOne()
    await using reader = await snapshot.reader()
    server.run(`ALTER TABLE ferry.shaped ${change}, ALGORITHM=COPY`)
    expect(await failureOf(reader.describe({ name: 'shaped' }))).toMatchObject({
      code: 'SOURCE_CHANGED',
    })
  }
  await using snapshot = await openOne()
  await using reader = await snapshot.reader()
  server.run('TRUNCATE TABLE ferry.shaped')
  expect((await failureOf(reader.describe({ name: 'shaped' }))).code).toBe('SOURCE_CHANGED')
})

test('a statement that waits for a table counts as in flight', async () => {
  const engine = await engineOf(server.url)
  await using locker = await engine.open(target())
  await using writer = await engine.open(target())
  server.run('USE ferry; CREATE OR REPLACE TABLE waited (id int PRIMARY KEY, at datetime(6))')
  await locker.execute('LOCK TABLES waited WRITE')
  const waiting = writer.execute('INSERT INTO waited VALUES (1, NOW(6))')
  await new Promise(resolve => setTimeout(resolve, 1_500))
  await using snapshot = await openOne()
  await locker.execute('UNLOCK TABLES')
  await waiting
  await using reader = await (await openOne()).reader()
  const table = await reader.describe({ name: 'waited' })
  const [[stamp] = []] = await rowsOf(await reader.read({ table, columns: ['at'], where: [] }))
  expect(Date.parse(`${stamp}Z`)).toBeGreaterThanOrEqual(Date.parse(snapshot.inFlightSince ?? ''))
  expect(Date.parse(`${stamp}Z`)).toBeLessThan(Date.parse(snapshot.takenAt) - 1_000)
})

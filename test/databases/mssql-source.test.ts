import { afterAll, beforeAll, expect, test } from 'vitest'
import { columnTypes } from '../../src/databases/mssql/column-types.ts'
import { openSession } from '../../src/databases/mssql/driver.ts'
import { beginReading } from '../../src/databases/mssql/reader-session.ts'
import { PLAIN_CHOICES, readingChoices } from '../../src/databases/mssql/reading-choices.ts'
import { tableRows } from '../../src/databases/mssql/table-rows.ts'
import { engineOf } from '../../src/databases/open-database.ts'
import { startTds, type TdsServer } from '../../servers/tds.ts'
import { failureOf } from './dialect.contract.ts'
import { MSSQL_VALUES, mssqlSourceCase } from './mssql-source-case.ts'
import { NO_LIMITS, rowsOf, sourceContract } from './source.contract.ts'

let server: TdsServer
beforeAll(async () => {
  server = await startTds()
})
afterAll(async () => server.stop())

sourceContract('mssql', async () =>
  mssqlSourceCase(await engineOf(server.url), server.url, MSSQL_VALUES, 'hierarchyid'),
)

const target = (parameters = '') => ({
  url: server.url + parameters,
  projectDirectory: '.',
  environment: {},
  signal: new AbortController().signal,
})

async function openOne(parameters = '') {
  const { source } = await engineOf(server.url)
  if (source === undefined) throw new Error('SQL Server is a source')
  return await source.openSnapshot(target(parameters), NO_LIMITS)
}

async function run(...statements: readonly string[]): Promise<void> {
  await using session = await (await engineOf(server.url)).open(target())
  for (const statement of statements) await session.execute(statement)
}

/** The only column `c` of a table, read by a URL with these parameters. */
async function readColumn(name: string, parameters = '') {
  await using snapshot = await openOne(parameters)
  await using reader = await snapshot.reader()
  const table = await reader.describe({ name })
  const texts = (await rowsOf(await reader.read({ table, columns: ['c'], where: [] }))).map(
    ([text]) => text,
  )
  return { texts, type: table.columns.find(column => column.name === 'c')?.type }
}

test('an offset is turned to UTC, or kept in a text if told so', async () => {
  await run(
    'CREATE TABLE offsets (id int NOT NULL PRIMARY KEY, c datetimeoffset(3))',
    "INSERT INTO offsets VALUES (1, '2026-03-01 12:00:00.5+02:00')",
  )
  expect(await readColumn('offsets')).toEqual({
    texts: ['2026-03-01 10:00:00.5+00'],
    type: { kind: 'timestamp', zone: true, digits: 3 },
  })
  expect((await readColumn('offsets', '&offset=text')).type).toEqual({ kind: 'text' })
  const failure = await failureOf(readColumn('offsets', '&offset=guess'))
  expect(failure).toMatchObject({ code: 'CONFIG_INVALID', hint: 'choose one of: utc, text' })
})

test('half a character is refused by the name of its column', async () => {
  const column = {
    name: 'c',
    type: { kind: 'text' },
    nullable: true,
    native: 'nvarchar(9)',
  } as const
  const relation = { name: 'halves' }
  const table = { relation, columns: [column], refused: [], key: [], estimatedRows: 1 }
  const { readers } = tableRows({ table, columns: ['c'], where: [] }, PLAIN_CHOICES)
  expect(readers[0]?.('whole 🎉')).toBe('whole 🎉')
  expect(() => readers[0]?.('half \ud83c')).toThrow(
    expect.objectContaining({ code: 'DATA_INVALID', details: { column: 'c' } }),
  )
})

const SEVENTH: readonly (readonly [type: string, value: string, cut: string])[] = [
  ['datetime2(7)', '2026-03-01 12:00:00.1234567', '2026-03-01 12:00:00.123456'],
  ['datetime2(7)', '2026-03-01 12:00:00.1200001', '2026-03-01 12:00:00.12'],
  ['datetime2(7)', '2026-03-01 12:00:00.0000009', '2026-03-01 12:00:00'],
  ['time(7)', '12:00:00.1234567', '12:00:00.123456'],
]

test.each(SEVENTH)(
  'the seventh digit of %s %s is refused, cut, or text',
  async (native, value, cut) => {
    // The server of the tests keeps six.
    const type = columnTypes.read(native) ?? { kind: 'text' }
    const column = { name: 'c', type, nullable: true, native }
    const table = {
      relation: { name: 't' },
      columns: [column],
      refused: [],
      key: [],
      estimatedRows: 1,
    }
    const read = (parameters: string) =>
      tableRows(
        { table, columns: ['c'], where: [] },
        readingChoices(`mssql://h/d${parameters}`),
      ).readers[0]?.(value)
    expect(() => read('')).toThrow(expect.objectContaining({ code: 'DATA_INVALID' }))
    expect(read('?seventh_digit=cut')).toBe(cut)
  },
)

test('a database that keeps no older versions of its rows is not read, and what to run is said', async () => {
  await using session = await openSession(target())
  const state = { name: 'sh]op', hasSnapshots: false, isReadOnly: false, isReplicated: false }
  expect(await failureOf(beginReading(session, state))).toMatchObject({
    code: 'CONFIG_INVALID',
    hint: 'let an administrator run: ALTER DATABASE [sh]]op] SET ALLOW_SNAPSHOT_ISOLATION ON',
  })
})

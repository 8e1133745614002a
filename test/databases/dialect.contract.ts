/** The promises of src/databases/dialect.ts, as a function of an engine. Real engines only. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ErrorCode } from '../../src/core/errors.ts'
import { FerryError } from '../../src/core/errors.ts'
import type { Dialect, ExportFormat, Session } from '../../src/databases/dialect.ts'
import { readAll } from '../../src/databases/read-all.ts'

export interface Engine {
  readonly dialect: Dialect
  /** May be called many times; the database is the same. */
  open(signal?: AbortSignal): Promise<Session>
  readonly spelling: Spelling
  /** A query that runs for minutes unless it is stopped. */
  readonly endlessQuery: string
  /** A statement with rows that only the slow path can take. */
  readonly showStatement: string
}

/** How an engine spells what the contract asks of all; undefined for what it does not have. */
export interface Spelling {
  /** Names of types, for CAST. */
  readonly text: string
  readonly integer: string
  readonly bigint: string
  readonly real: string
  readonly double: string
  readonly json: string | undefined
  readonly yes: string
  readonly no: string
  readonly date: (day: string) => string
  readonly hasNaN: boolean
  /** Without them, `yes` and `no` are 1 and 0. */
  readonly hasBooleans: boolean
  readonly repeat: (text: string, times: number) => string
  /** A query of the integers from `first` to `last`, in order, in a column `i`. */
  readonly series: (first: number, last: number) => string
  /** A query of many rows that fails at a late one. */
  readonly failsLate: string
  /** An INSERT of 1 and 2 into column `a` that returns them. */
  readonly insertReturning: ((table: string) => string) | undefined
  /** A statement that is understood, and fails by a value. */
  readonly failsByValue: string
  /** Errors come with their place in the statement. */
  readonly tellsPosition: boolean
}

/** What PostgreSQL and DuckDB spell alike. */
export const standardSpelling = {
  text: 'text',
  integer: 'integer',
  bigint: 'bigint',
  real: 'real',
  double: 'double precision',
  json: 'json',
  yes: 'true',
  no: 'false',
  date: (day: string) => `DATE '${day}'`,
  hasNaN: true,
  hasBooleans: true,
  failsByValue: `SELECT CAST('x' AS integer)`,
  repeat: (text: string, times: number) => `repeat('${text}', ${times})`,
  insertReturning: (table: string) => `INSERT INTO ${table} VALUES (1), (2) RETURNING a`,
  tellsPosition: true,
} as const

export async function exportText(
  session: Session,
  statement: string,
  format: ExportFormat = 'csv',
): Promise<string> {
  const result = await session.export(statement, format)
  return (await collect(result.bytes)).toString()
}

async function collect(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of bytes) chunks.push(chunk)
  return Buffer.concat(chunks)
}

export async function failureOf(work: Promise<unknown>): Promise<FerryError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (error instanceof FerryError) return error
  throw new Error('a FerryError was expected', { cause: error })
}

/** Values that have broken CSV somewhere, and how they must be written. */
const FIELDS: readonly (readonly [string | null, string])[] = [
  [null, ''],
  ['', '""'],
  ['plain', 'plain'],
  ['a,b', '"a,b"'],
  ['say "hi"', '"say ""hi"""'],
  ['two\nlines', '"two\nlines"'],
  ['carriage\rreturn', '"carriage\rreturn"'],
  ['tab\there', 'tab\there'],
  [' spaces ', ' spaces '],
  ['NULL', 'NULL'],
  ["it's", "it's"],
  ['árvíztűrő 🎉 日本', 'árvíztűrő 🎉 日本'],
]

export function dialectContract(name: string, prepare: () => Promise<Engine>): void {
  describe(`${name}: the contract of a dialect`, () => {
    let engine: Engine
    let session: Session
    beforeAll(async () => {
      engine = await prepare()
      session = await engine.open()
    })
    afterAll(async () => session.close())
    const sql = (): Dialect['sql'] => engine.dialect.sql
    const cast = (
      literal: string,
      type: 'text' | 'integer' | 'bigint' | 'real' | 'double',
    ): string => `CAST(${literal} AS ${engine.spelling[type]})`

    test.each(FIELDS)('csv of %j is told from every other value', async (value, written) => {
      const statement = `SELECT 1 AS id, ${cast(sql().literal(value), 'text')} AS value, 2 AS last`
      expect(await exportText(session, statement)).toBe(`id,value,last\n1,${written},2\n`)
      const rows = await readAll(session, statement)
      expect(rows).toEqual([[1, value, 2]])
    })

    test('tsv quotes a tab and not a comma', async () => {
      const statement = `SELECT 'a,b' AS x, 'a\tb' AS y, NULL AS z`
      expect(await exportText(session, statement, 'tsv')).toBe('x\ty\tz\na,b\t"a\tb"\t\n')
    })

    test('json is one object a row, with numbers as numbers and no invalid token', async () => {
      const { yes, json, hasNaN } = engine.spelling
      const special = hasNaN
        ? `${cast("'NaN'", 'double')} AS nan, ${cast("'-Infinity'", 'double')} AS inf, `
        : ''
      const nested = json === undefined ? '' : `CAST('{"k": [1, 2]}' AS ${json}) AS j, `
      const lines = await exportText(
        session,
        `SELECT 1 AS i, 9007199254740993 AS big, 1.5 AS n, ${special}${yes} AS yes, NULL AS nothing,
           'a "b"' AS t, ${nested}2 AS i`,
        'json',
      )
      expect(lines.endsWith('}\n')).toBe(true)
      expect(lines).toContain('"big":9007199254740993')
      expect(JSON.parse(lines)).toEqual({
        i: 1,
        big: Number('9007199254740993'),
        n: 1.5,
        ...(hasNaN ? { nan: 'NaN', inf: '-Infinity' } : {}),
        yes: engine.spelling.hasBooleans ? true : 1,
        nothing: null,
        t: 'a "b"',
        ...(json === undefined ? {} : { j: { k: [1, 2] } }),
        i_1: 2,
      })
    })

    test('parquet holds the same typed rows', async () => {
      const { date, yes } = engine.spelling
      const statement = `SELECT 7 AS i, CAST(1.25 AS decimal(10, 2)) AS n, ${date('2026-03-01')} AS d,
        ${yes} AS b, 'x,"y' AS t, '' AS empty, ${cast('NULL', 'text')} AS nothing`
      const folder = await mkdtemp(join(tmpdir(), 'ferry-contract-'))
      const path = join(folder, 'x.parquet')
      const result = await session.export(statement, 'parquet')
      await writeFile(path, await collect(result.bytes))
      expect(result.rows()).toBe(1)
      const reader = await DuckDBInstance.create()
      const connection = await reader.connect()
      const found = await connection.runAndReadAll(`SELECT * FROM '${path}'`)
      const { hasBooleans } = engine.spelling
      expect(found.getRowsJson()).toEqual([
        [7, '1.25', '2026-03-01', hasBooleans ? true : 1, 'x,"y', '', null],
      ])
      expect(found.columnTypes().join(' ')).toBe(
        `INTEGER DECIMAL(10,2) DATE ${hasBooleans ? 'BOOLEAN' : 'INTEGER'} VARCHAR VARCHAR VARCHAR`,
      )
      reader.closeSync()
      await rm(folder, { recursive: true })
    })

    test('values come typed: booleans, exact integers, floats, and text for the rest', async () => {
      const { yes, no, date, hasNaN, hasBooleans } = engine.spelling
      const rows = await readAll(
        session,
        `SELECT ${yes}, ${no}, 42, ${cast('9007199254740993', 'bigint')}, ${cast('0.1', 'real')},
           CAST(1.50 AS decimal(5, 2)), ${date('2026-03-01')}, NULL`,
      )
      const truth = hasBooleans ? [true, false] : [1, 0]
      expect(rows).toEqual([[...truth, 42, 9007199254740993n, 0.1, '1.50', '2026-03-01', null]])
      if (!hasNaN) return
      expect(await readAll(session, `SELECT ${cast("'NaN'", 'double')}`)).toEqual([[Number.NaN]])
    })

    test('no rows are a header line; no result set is no bytes at all', async () => {
      const result = await session.export('SELECT 1 AS a, 2 AS b WHERE 1 = 0', 'csv')
      expect(String(await collect(result.bytes))).toBe('a,b\n')
      expect(result.rows()).toBe(0)
      expect(await exportText(session, 'CREATE TABLE contract_none (a integer)')).toBe('')
      await session.execute('DROP TABLE contract_none')
      expect(await exportText(session, '-- only a comment\n')).toBe('')
    })

    test('column names may come twice and hold anything', async () => {
      const third = sql().identifier('b,"c')
      expect(await exportText(session, `SELECT 1 AS a, 2 AS a, 3 AS ${third}`)).toBe(
        'a,a,"b,""c"\n1,2,3\n',
      )
      expect((await session.query('SELECT 1 AS a, 2 AS a')).columns.map(c => c.name)).toEqual([
        'a',
        'a',
      ])
    })

    test('a comment or a semicolon at the end of a query is no trouble', async () => {
      for (const end of [';', ' -- done', '; -- done\n', ' /* done */ ;']) {
        expect(await exportText(session, `SELECT 1 AS a${end}`)).toBe('a\n1\n')
      }
    })

    test('a value of 20 MB and a row of 500 columns come whole', async () => {
      const megabytes = 20
      const big = `SELECT ${engine.spelling.repeat('0123456789abcde,', 65_536 * megabytes)} AS big`
      const [row] = await readAll(session, big)
      expect(String(row?.[0]).length).toBe(megabytes * 1_048_576)
      expect((await exportText(session, big)).length).toBe(megabytes * 1_048_576 + 7)
      const wide = Array.from({ length: 500 }, (_, i) => `${i} AS c${i}`)
      expect((await readAll(session, `SELECT ${wide.join(', ')}`))[0]).toHaveLength(500)
    })

    test('many rows arrive in order, on both ways', async () => {
      const count = 200_000
      const rows = engine.spelling.series(0, count - 1)
      const expected = Array.from({ length: count }, (_, i) => i)
      const lines = (await exportText(session, rows)).trimEnd().split('\n').slice(1).map(Number)
      expect(lines).toEqual(expected)
      expect((await readAll(session, rows)).map(row => row[0])).toEqual(expected)
    })

    test('statements that COPY does not take are exported all the same', async () => {
      expect((await exportText(session, engine.showStatement)).split('\n').length).toBeGreaterThan(
        1,
      )
      await session.execute('CREATE TABLE contract_returning (a integer)')
      const returning = engine.spelling.insertReturning?.('contract_returning')
      if (returning === undefined) {
        await session.execute('INSERT INTO contract_returning VALUES (1), (2)')
      } else expect(await exportText(session, returning)).toBe('a\n1\n2\n')
      expect(await exportText(session, 'INSERT INTO contract_returning VALUES (3)')).toBe('')
      expect(await readAll(session, 'SELECT count(*) FROM contract_returning')).toEqual([[3]])
      await session.execute('DROP TABLE contract_returning')
    })

    test('changes tell how many rows they changed', async () => {
      const two = 'SELECT 1 AS a UNION ALL SELECT 2'
      await session.execute(sql().createTableAs({ name: 'contract_changes' }, two))
      const change = async (text: string): Promise<number | null> =>
        (await session.execute(text)).rowsAffected
      expect(await change('UPDATE contract_changes SET a = a + 1')).toBe(2)
      expect(await change('DELETE FROM contract_changes WHERE a = 2')).toBe(1)
      expect(await change('SELECT * FROM contract_changes')).toBeNull()
      await session.execute('DROP TABLE contract_changes')
    })

    const mistakes: readonly [string, ErrorCode, number | undefined][] = [
      ['SELEC 1', 'SQL_INVALID', 0],
      [`SELECT '🎉é', nope`, 'SQL_INVALID', 14],
      [`\n  -- a comment\n  SELECT nope`, 'SQL_INVALID', 25],
      ['SELECT 1; SELECT 2', 'SQL_INVALID', 10],
      ['by a value', 'SQL_INVALID', undefined],
    ]
    test.each(mistakes)('%j fails with its kind and its place', async (what, code, position) => {
      const text = what === 'by a value' ? engine.spelling.failsByValue : what
      for (const run of [
        () => session.execute(text),
        () => readAll(session, text),
        () => exportText(session, text),
      ]) {
        const failure = await failureOf(run())
        expect(failure.code).toBe(code)
        const isTold = engine.spelling.tellsPosition || text.includes(';') // that one is found by us
        if (position !== undefined && isTold) expect(failure.details['position']).toBe(position)
      }
      expect(await readAll(session, 'SELECT 1')).toEqual([[1]])
    })

    test('an error in the middle of a result is thrown, never a short result', async () => {
      const late = engine.spelling.failsLate
      expect((await failureOf(exportText(session, late))).code).toBe('SQL_INVALID')
      expect((await failureOf(readAll(session, late))).code).toBe('SQL_INVALID')
      expect((await failureOf(session.execute(late))).code).toBe('SQL_INVALID')
      expect(await readAll(session, 'SELECT 1')).toEqual([[1]])
    })

    test('a result that nobody reads on does not block the session', async () => {
      const many = engine.spelling.series(1, 3_000_000)
      for (const read of [
        async () => (await session.export(many, 'csv')).bytes,
        async () => (await session.query(many)).batches,
      ]) {
        for await (const _ of await read()) break
        expect(await readAll(session, 'SELECT 1')).toEqual([[1]])
      }
    })

    test('closing a session rolls back what it had not committed', async () => {
      await session.execute('CREATE TABLE contract_rollback (a integer)')
      const other = await engine.open()
      await other.execute('BEGIN')
      await other.execute('INSERT INTO contract_rollback VALUES (1)')
      await other.close()
      await other.close()
      expect(await readAll(session, 'SELECT count(*) FROM contract_rollback')).toEqual([[0]])
      await session.execute('DROP TABLE contract_rollback')
    })

    test('an abort stops the query on the engine and throws the reason', async () => {
      for (const run of [
        (other: Session) => other.execute(engine.endlessQuery),
        (other: Session) => exportText(other, engine.endlessQuery),
      ]) {
        const abort = new AbortController()
        await using other = await engine.open(abort.signal)
        const reason = new FerryError('INTERRUPTED', 'interrupted')
        setTimeout(() => abort.abort(reason), 300)
        const started = Date.now()
        expect(await failureOf(run(other))).toBe(reason)
        expect(Date.now() - started).toBeLessThan(5_000)
      }
    })

    test('many sessions work at the same time', async () => {
      const sums = await Promise.all(
        Array.from({ length: 12 }, async (_, index) => {
          await using other = await engine.open()
          return (await readAll(other, `SELECT ${index} + 1`))[0]?.[0]
        }),
      )
      expect(sums).toEqual(Array.from({ length: 12 }, (_, index) => index + 1))
    })

    test('names and literals are quoted so that they cannot change the statement', async () => {
      const { identifier, literal, relation, createTableAs, dropTable } = sql()
      const table = { name: `it's "a", \`table\`; -- x` }
      const text = `'); DROP TABLE x; --\\ ' "`
      await session.execute(
        createTableAs(table, `SELECT ${literal(text)} AS ${identifier('se"lect')}`),
      )
      const read = `SELECT ${identifier('se"lect')} FROM ${relation(table)}`
      expect(await readAll(session, read)).toEqual([[text]])
      const columns = await engine.dialect.introspect.columns(session, table)
      expect(columns?.map(column => column.name)).toEqual(['se"lect'])
      await session.execute(dropTable(table))
      expect(await engine.dialect.introspect.columns(session, table)).toBeUndefined()
    })

    test('tables, views and the default schema can be looked up', async () => {
      const { introspect } = engine.dialect
      const { createSchema, createTableAs, createOrReplaceView } = sql()
      await session.execute(createSchema('contract'))
      await session.execute(createTableAs({ schema: 'contract', name: 't' }, 'SELECT 1 AS a'))
      await session.execute(createOrReplaceView({ schema: 'contract', name: 'v' }, 'SELECT 1 AS a'))
      const found = (await introspect.tables(session)).filter(one => one.schema === 'contract')
      expect(found).toEqual([
        { schema: 'contract', name: 't', kind: 'table' },
        { schema: 'contract', name: 'v', kind: 'view' },
      ])
      expect(await introspect.columns(session, { schema: 'contract', name: 'v' })).toMatchObject([
        { name: 'a', type: expect.stringMatching(/^int(eger)?$/i) },
      ])
      expect(await introspect.defaultSchema(session)).not.toBe('')
      for (const what of ['VIEW contract.v', 'TABLE contract.t', 'SCHEMA contract']) {
        await session.execute(`DROP ${what}`)
      }
    })
  })
}

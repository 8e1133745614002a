import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { dialectOf } from '../../src/databases/open-database.ts'
import { stopWarehouse } from '../../src/databases/open-warehouse.ts'
import { readAll } from '../../src/databases/read-all.ts'
import { dialectContract, exportText, standardSpelling } from './dialect.contract.ts'
import { losslessContract, type TypedValue } from './lossless.contract.ts'

const url = 'duckdb:./engine.duckdb'
let projectDirectory = ''

beforeAll(async () => {
  projectDirectory = await mkdtemp(join(tmpdir(), 'ferry-duckdb-'))
})

const open = async (signal = new AbortController().signal) =>
  (await dialectOf(url)).open({ url, projectDirectory, environment: process.env, signal })

dialectContract('duckdb', async () => {
  const dialect = await dialectOf(url)
  return {
    dialect,
    spelling: {
      ...standardSpelling,
      series: (first, last) => `SELECT range AS i FROM range(${first}, ${last + 1})`,
      failsLate: `SELECT CASE WHEN range = 900000 THEN error('late') ELSE range END FROM range(1000000)`,
    },
    endlessQuery:
      'SELECT count(*) FROM range(100000000) a, range(100000000) b WHERE a.range % 7 = b.range % 5',
    showStatement: 'SHOW TABLES',
    open,
  }
})

afterAll(async () => {
  await stopWarehouse({ url, projectDirectory })
  await rm(projectDirectory, { recursive: true })
})

const VALUES: readonly TypedValue[] = [
  ['9007199254740993', 'BIGINT', 'BIGINT'],
  ['18446744073709551615', 'UBIGINT', 'UBIGINT'],
  ['99999999999999999999999999999999999999', 'HUGEINT', 'DECIMAL(38,0)'],
  ['170141183460469231731687303715884105727', 'HUGEINT', undefined],
  ['340282366920938463463374607431768211455', 'UHUGEINT', undefined],
  ['1234567890123456789012345678901234567890123456789', 'BIGNUM', 'VARCHAR'],
  ['12345678901234567890.0123456789', 'DECIMAL(38,10)', 'DECIMAL(38,10)'],
  ['-0.100000000000000001', 'DECIMAL(18,18)', 'DECIMAL(18,18)'],
  ['NaN', 'DOUBLE', 'DOUBLE'],
  ['-0', 'DOUBLE', 'DOUBLE'],
  ['5e-324', 'DOUBLE', 'DOUBLE'],
  ['-Infinity', 'DOUBLE', 'DOUBLE'],
  ['0.1', 'FLOAT', 'FLOAT'],
  ['16777217', 'FLOAT', 'FLOAT'],
  ['0001-01-01', 'DATE', 'DATE'],
  ['1582-10-10', 'DATE', 'DATE'],
  ['4713-01-01 (BC)', 'DATE', 'DATE'],
  ['infinity', 'DATE', 'DATE'],
  ['-infinity', 'DATE', 'DATE'],
  ['2026-03-01 12:34:56.123456', 'TIMESTAMP', 'TIMESTAMP'],
  ['0044-03-15 (BC) 12:00:00', 'TIMESTAMP', 'TIMESTAMP'],
  ['infinity', 'TIMESTAMP', 'TIMESTAMP'],
  ['2026-03-01 12:34:56.123456789', 'TIMESTAMP_NS', 'TIMESTAMP_NS'],
  ['infinity', 'TIMESTAMP_NS', 'TIMESTAMP_NS'],
  ['infinity', 'TIMESTAMP_S', 'TIMESTAMP'],
  ['2026-03-01 12:34:56.123', 'TIMESTAMP_MS', 'TIMESTAMP'],
  ['2026-03-01 12:34:56.123456+05:30', 'TIMESTAMPTZ', 'TIMESTAMP WITH TIME ZONE'],
  ['-infinity', 'TIMESTAMPTZ', 'TIMESTAMP WITH TIME ZONE'],
  ['24:00:00', 'TIME', 'TIME'],
  ['12:34:56.1+05:30', 'TIMETZ', 'VARCHAR'],
  ['12:34:56.123456789', 'TIME_NS', 'TIME_NS'],
  ['1 year 2 months 3 days 04:05:06.789012', 'INTERVAL', 'VARCHAR'],
  ['-1 month 3 days', 'INTERVAL', 'VARCHAR'],
  ['\\x00\\xFFa"b\\x5C', 'BLOB', 'BLOB'],
  ['', 'BLOB', 'BLOB'],
  ['0101', 'BIT', 'VARCHAR'],
  ['6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'UUID', 'UUID'],
  ['ok, "x"', `ENUM('sad', 'ok, "x"')`, 'VARCHAR'],
  ['[1, NULL, 3]', 'INTEGER[]', 'INTEGER[]'],
  ['[NaN, Infinity, -Infinity, 1.5, NULL]', 'DOUBLE[]', 'DOUBLE[]'],
  [`[NULL, 'NULL', '', 'a, b', '"q']`, 'VARCHAR[]', 'VARCHAR[]'],
  ['[1.10, 12345678901234567890.0123456789]', 'DECIMAL(38,10)[]', 'DECIMAL(38,10)[]'],
  ['[99999999999999999999, NULL]', 'HUGEINT[]', 'DECIMAL(38,0)[]'],
  ['[infinity]', 'DATE[]', 'DATE[]'],
  ['[NaN, 2]', 'FLOAT[2]', 'FLOAT[]'],
  [
    `{'a': NaN, 'b c': [{'d': 12345678901234567890.5, 'e': NULL}, NULL]}`,
    'STRUCT(a DOUBLE, "b c" STRUCT(d DECIMAL(38,1), e DOUBLE[])[])',
    'STRUCT(a DOUBLE, "b c" STRUCT(d DECIMAL(38,1), e DOUBLE[])[])',
  ],
  [
    `{'a': 1 day 00:00:00.000001, 'b': 5}`,
    'STRUCT(a INTERVAL, b HUGEINT)',
    'STRUCT(a VARCHAR, b DECIMAL(38,0))',
  ],
  ['{"a": 1e400, "b": 12345678901234567890.10}', 'JSON', 'JSON'],
  ['', 'VARCHAR', 'VARCHAR'],
  ['NULL', 'VARCHAR', 'VARCHAR'],
  [' \r\nx\r', 'VARCHAR', 'VARCHAR'],
  ['\\.', 'VARCHAR', 'VARCHAR'],
  ['true', 'BOOLEAN', 'BOOLEAN'],
]

losslessContract(
  'duckdb',
  async () => ({
    dialect: await dialectOf(url),
    open,
    text: 'text',
    setup: [],
    slowWay: (expression, type) => [
      `CREATE OR REPLACE TEMP TABLE slow (v ${type})`,
      `INSERT INTO slow VALUES (${expression}) RETURNING v`,
    ],
    respell: text => text,
  }),
  VALUES,
)

test('json of nested values is valid, whatever they hold', async () => {
  await using session = await open()
  const line = await exportText(
    session,
    `SELECT MAP {'a"b': 'NaN'::DOUBLE, 'c': 1e22, 'd': NULL} AS m, [{'j': '{"n":\n1.10}'::JSON}] AS l,
       [['-Infinity'::FLOAT], [], NULL] AS deep, NULL::DOUBLE[] AS none, 1.50::DECIMAL(5,2) AS d, 2 AS m`,
    'json',
  )
  expect(line).toBe(
    '{"m":{"a\\"b":"NaN","c":1e22,"d":null},"l":[{"j":{"n": 1.10}}],' +
      '"deep":[["-Infinity"],[],null],"none":null,"d":1.50,"m_1":2}\n',
  )
})

test('a result that COPY does not take can be exported within a transaction', async () => {
  await using session = await open()
  await session.execute('CREATE TABLE kept (a INTEGER, b VARCHAR)')
  await session.execute('BEGIN')
  const insert = `INSERT INTO kept VALUES (1, 'x'), (2, NULL) RETURNING *`
  expect(await exportText(session, insert)).toBe('a,b\n1,x\n2,\n')
  expect(await exportText(session, insert, 'tsv')).toBe('a\tb\n1\tx\n2\t\n')
  await session.execute('COMMIT')
  expect(await readAll(session, 'SELECT count(*) FROM kept')).toEqual([[4]])
  const pivot = 'PIVOT (SELECT b, a FROM kept WHERE b IS NOT NULL) ON b USING sum(a)'
  expect(await exportText(session, pivot)).toBe('x\n2\n')
  expect((await exportText(session, pivot, 'parquet')).startsWith('PAR1')).toBe(true)
})

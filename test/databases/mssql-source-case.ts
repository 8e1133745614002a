/** SQL Server in the words of the contract of a source: the server of the tests, and a real one (test/live). */
import type { Engine } from '../../src/databases/engine.ts'
import { readAll } from '../../src/databases/read-all.ts'
import type { SourceCase, TypedColumn } from './source.contract.ts'

export function mssqlSourceCase(
  engine: Engine,
  url: string,
  values: readonly TypedColumn[],
  refusedType?: string,
): SourceCase {
  const target = (signal = new AbortController().signal) => ({
    url,
    projectDirectory: '.',
    environment: {},
    signal,
  })
  return {
    engine,
    target,
    fill: (name, rows) => [
      `CREATE TABLE ${name} (id bigint NOT NULL PRIMARY KEY, note nvarchar(max))`,
      `INSERT INTO ${name} SELECT TOP (${rows}) value, CONCAT(N'note ', value) FROM GENERATE_SERIES(1, ${Math.max(1, rows)})`,
    ],
    lock: name => ['BEGIN TRANSACTION', `ALTER TABLE ${name} ADD extra int NULL`],
    slowCondition:
      '(SELECT count_big(*) FROM GENERATE_SERIES(1, 200000000) AS g WHERE g.value % 7 <> id % 7) > 0',
    cutReaders: async () => {
      await using session = await engine.open(target())
      const readers = await readAll(
        session,
        `SELECT session_id FROM sys.dm_exec_sessions WHERE program_name = N'ferry mirror'`,
      )
      for (const [id] of readers) await session.execute(`KILL ${String(id)}`)
    },
    refusedType,
    values,
  }
}

/** What the server of the tests can hold of it, too. */
export const MSSQL_VALUES: readonly TypedColumn[] = [
  {
    type: 'bit',
    values: [
      ['1', 't'],
      ['0', 'f'],
      ['NULL', null],
    ],
  },
  {
    type: 'tinyint',
    values: [
      ['255', '255'],
      ['0', '0'],
    ],
  },
  { type: 'smallint', values: [['-32768', '-32768']] },
  {
    type: 'int',
    values: [
      ['-2147483648', '-2147483648'],
      ['NULL', null],
    ],
  },
  {
    type: 'bigint',
    values: [
      ['9223372036854775807', '9223372036854775807'],
      ["CAST('-9223372036854775808' AS bigint)", '-9223372036854775808'],
    ],
  },
  {
    type: 'decimal(38,10)',
    values: [
      [
        "CAST('1234567890123456789012345678.0123456789' AS decimal(38,10))",
        '1234567890123456789012345678.0123456789',
      ],
      ["CAST('-0.5' AS decimal(38,10))", '-0.5000000000'],
    ],
  },
  { type: 'numeric(5,0)', values: [['99999', '99999']] },
  {
    type: 'money',
    values: [
      ["CAST('-922337203685477.5808' AS money)", '-922337203685477.5808'],
      ["CAST('0.05' AS money)", '0.0500'],
    ],
  },
  { type: 'smallmoney', values: [["CAST('214748.3647' AS smallmoney)", '214748.3647']] },
  {
    type: 'real',
    values: [
      ["CAST('0.1' AS real)", '0.1'],
      ["CAST('3.4028235e38' AS real)", '3.4028235e+38'],
      ["CAST('16777216' AS real)", '1.6777216e+07'],
    ],
  },
  {
    type: 'float',
    values: [
      ["CAST('0.1' AS float)", '0.1'],
      ["CAST('1e15' AS float)", '1e+15'],
      ["CAST('-1.7976931348623157e308' AS float)", '-1.7976931348623157e+308'],
      ["CAST('1e-7' AS float)", '1e-07'],
    ],
  },
  { type: 'char(5)', values: [["'ab   '", 'ab   ']] },
  {
    type: 'varchar(50)',
    values: [
      ["'plain'", 'plain'],
      ["''", ''],
    ],
  },
  { type: 'varchar(max)', values: [[`'say "hi", twice'`, 'say "hi", twice']] },
  {
    type: 'nvarchar(50)',
    values: [
      ["N'árvíztűrő 🎉'", 'árvíztűrő 🎉'],
      ["N''", ''],
      ['NULL', null],
    ],
  },
  {
    type: 'nvarchar(max)',
    values: [
      ['N\'two\nlines, "quoted"\'', 'two\nlines, "quoted"'],
      ["N'\\.'", '\\.'],
      ["N'NULL'", 'NULL'],
    ],
  },
  { type: 'xml', values: [["N'<a>é</a>'", '<a>é</a>']] },
  { type: 'binary(3)', values: [['0x00FF5C', '\\x00ff5c']] },
  {
    type: 'varbinary(max)',
    values: [
      ['0x', '\\x'],
      ['0xDEADBEEF', '\\xdeadbeef'],
    ],
  },
  {
    type: 'date',
    values: [
      ["CAST('0001-01-01' AS date)", '0001-01-01'],
      ["CAST('9999-12-31' AS date)", '9999-12-31'],
    ],
  },
  {
    type: 'time(6)',
    values: [
      ["CAST('23:59:59.999999' AS time(6))", '23:59:59.999999'],
      ["CAST('00:00:00' AS time(6))", '00:00:00'],
    ],
  },
  { type: 'time(7)', values: [["CAST('12:34:56.12' AS time(7))", '12:34:56.12']] },
  {
    type: 'datetime',
    values: [
      ["CAST('2026-11-28T12:34:56.123' AS datetime)", '2026-11-28 12:34:56.123'],
      ["CAST('9999-12-31T23:59:59.997' AS datetime)", '9999-12-31 23:59:59.997'],
    ],
  },
  {
    type: 'smalldatetime',
    values: [["CAST('2026-11-28T12:34:00' AS smalldatetime)", '2026-11-28 12:34:00']],
  },
  {
    type: 'datetime2(3)',
    values: [["CAST('2026-11-28 12:34:56.1' AS datetime2(3))", '2026-11-28 12:34:56.1']],
  },
  {
    type: 'datetime2(6)',
    values: [
      ["CAST('0001-01-01' AS datetime2(6))", '0001-01-01 00:00:00'],
      ["CAST('9999-12-31 23:59:59.999999' AS datetime2(6))", '9999-12-31 23:59:59.999999'],
    ],
  },
  {
    type: 'datetime2(7)',
    values: [["CAST('1969-12-31 23:59:59.5' AS datetime2(7))", '1969-12-31 23:59:59.5']],
  },
  {
    type: 'datetimeoffset(6)',
    values: [
      ["CAST('2026-11-28 12:34:56.123+02:00' AS datetimeoffset(6))", '2026-11-28 10:34:56.123+00'],
      ["CAST('2026-11-28 00:30:00-05:30' AS datetimeoffset(6))", '2026-11-28 06:00:00+00'],
    ],
  },
  {
    type: 'uniqueidentifier',
    values: [
      [
        "CAST('6F9619FF-8B86-D011-B42D-00C04FC964FF' AS uniqueidentifier)",
        '6f9619ff-8b86-d011-b42d-00c04fc964ff',
      ],
    ],
  },
]

/** What only a real one can hold: a code page, seven digits that are zeros, versions of rows. */
export const REAL_VALUES: readonly TypedColumn[] = [
  {
    type: 'varchar(20) COLLATE Cyrillic_General_CI_AS',
    values: [["N'Привет'", 'Привет']],
  },
  {
    type: 'varchar(20) COLLATE Latin1_General_100_BIN2_UTF8',
    values: [["N'é 🎉'", 'é 🎉']],
  },
  { type: 'text', values: [["'old'", 'old']] },
  { type: 'ntext', values: [["N'old é'", 'old é']] },
  { type: 'image', values: [['0x00FF', '\\x00ff']] },
  { type: 'char(5)', values: [["'ab'", 'ab   ']] },
  { type: 'sysname NULL', values: [["N'name'", 'name']] },
]

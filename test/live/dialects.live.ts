/**
 * The contract of dialects on real services, which the tests of every day cannot have. Each runs when its
 * URL is given, and makes and drops tables named contract_*, and a schema named contract:
 *
 *     FERRY_LIVE_MSSQL='mssql://user:password@host/db' \
 *     FERRY_LIVE_SYNAPSE='synapse://user:password@host/pool' \
 *     FERRY_LIVE_REDSHIFT='redshift://user:password@host/db' \
 *     npx vitest run --config test/live/vitest.config.ts
 *
 * Needs SQL Server 2022 or Azure SQL, for GENERATE_SERIES.
 */
import { test } from 'vitest'
import { dialectOf } from '../../src/databases/open-database.ts'
import { dialectContract, type Spelling, standardSpelling } from '../databases/dialect.contract.ts'
import { sqlServerSpelling } from '../databases/sql-server-spelling.ts'

/** A cross join of catalogs, for those that have no function of series. */
const numbers = (from: string, first: number, last: number): string =>
  `SELECT i FROM (SELECT CAST(ROW_NUMBER() OVER (ORDER BY (SELECT NULL)) AS int) + ${first - 1} AS i FROM ${from}) AS n WHERE i <= ${last}`

const synapse = (first: number, last: number): string =>
  numbers('sys.all_columns AS a CROSS JOIN sys.all_columns AS b', first, last)
const redshift = (first: number, last: number): string =>
  numbers('pg_attribute a CROSS JOIN pg_attribute b', first, last).replace('(SELECT NULL)', '1')

interface Service {
  readonly spelling: Spelling
  readonly endlessQuery: string
  readonly showStatement: string
}

const SERVICES: Readonly<Record<string, Service>> = {
  MSSQL: {
    spelling: sqlServerSpelling,
    endlessQuery: `WAITFOR DELAY '00:05:00'`,
    showStatement: 'SELECT @@VERSION',
  },
  SYNAPSE: {
    spelling: {
      ...sqlServerSpelling,
      insertReturning: undefined,
      series: synapse,
      failsLate: `SELECT CAST(CASE WHEN i = 900000 THEN 'late' ELSE '1' END AS int) FROM (${synapse(1, 1_000_000)}) AS s`,
    },
    endlessQuery:
      'SELECT COUNT_BIG(*) FROM sys.all_columns AS a CROSS JOIN sys.all_columns AS b CROSS JOIN sys.all_columns AS c',
    showStatement: 'SELECT @@VERSION',
  },
  REDSHIFT: {
    spelling: {
      ...standardSpelling,
      json: 'super',
      insertReturning: undefined,
      series: redshift,
      failsLate: `SELECT 1 / (900000 - i) FROM (${redshift(1, 1_000_000)}) AS s`,
    },
    endlessQuery: 'SELECT count(*) FROM pg_attribute a, pg_attribute b, pg_attribute c',
    showStatement: 'SHOW search_path',
  },
}

for (const [name, { spelling, endlessQuery, showStatement }] of Object.entries(SERVICES)) {
  const url = process.env[`FERRY_LIVE_${name}`] ?? ''
  if (url === '') {
    test.skip(`${name}: FERRY_LIVE_${name} is not set`)
    continue
  }
  dialectContract(name.toLowerCase(), async () => {
    const dialect = await dialectOf(url)
    const open = (signal = new AbortController().signal) =>
      dialect.open({ url, projectDirectory: '.', environment: process.env, signal })
    return { dialect, spelling, endlessQuery, showStatement, open }
  })
}

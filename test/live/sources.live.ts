/**
 * The contract of sources on a real SQL Server 2022 or Azure SQL.
 * It needs an empty database of its own, in which this makes tables and does not drop them, and which must
 * allow snapshot isolation, and the login VIEW SERVER STATE and KILL:
 *
 *     CREATE DATABASE contract; ALTER DATABASE contract SET ALLOW_SNAPSHOT_ISOLATION ON
 *     FERRY_LIVE_MSSQL_SOURCE='mssql://user:password@host/contract' npx vitest run --config test/live/vitest.config.ts
 */
import { test } from 'vitest'
import { engineOf } from '../../src/databases/open-database.ts'
import { MSSQL_VALUES, mssqlSourceCase, REAL_VALUES } from '../databases/mssql-source-case.ts'
import { sourceContract } from '../databases/source.contract.ts'

const url = process.env['FERRY_LIVE_MSSQL_SOURCE'] ?? ''
if (url === '') test.skip('MSSQL: FERRY_LIVE_MSSQL_SOURCE is not set')
else {
  sourceContract('mssql', async () =>
    mssqlSourceCase(await engineOf(url), url, [...MSSQL_VALUES, ...REAL_VALUES], 'hierarchyid'),
  )
}

import { tsqlFingerprint } from '../mssql/fingerprint.ts'
import { keyColumns } from '../mssql/key-columns.ts'

/**
 * The texts are those of SQL Server. A dedicated SQL pool has no transaction that sees one moment: what
 * a load changes between two statements is seen.
 */
export const fingerprint = tsqlFingerprint({
  family: 'synapse',
  beginReading: [],
  keyColumns,
})

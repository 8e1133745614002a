/**
 * The contract of fingerprints on real services (dialects.live.ts has their URLs): that the text of every value, the
 * checksum of every row and the order of every key are those that PostgreSQL, MySQL and DuckDB have too.
 */
import { test } from 'vitest'
import { engineOf } from '../../src/databases/open-database.ts'
import { fingerprintContract } from '../databases/fingerprint.contract.ts'
import { redshiftFingerprintEngine } from '../databases/redshift-fingerprint-engine.ts'
import { tsqlFingerprintEngine } from '../databases/tsql-fingerprint-engine.ts'

for (const [name, engineFor] of [
  ['MSSQL', tsqlFingerprintEngine],
  ['SYNAPSE', tsqlFingerprintEngine],
  ['REDSHIFT', redshiftFingerprintEngine],
] as const) {
  const url = process.env[`FERRY_LIVE_${name}`] ?? ''
  if (url === '') {
    test.skip(`${name}: FERRY_LIVE_${name} is not set`)
    continue
  }
  fingerprintContract(name.toLowerCase(), async () =>
    engineFor(await engineOf(url), url, process.env),
  )
}

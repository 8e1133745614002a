import { afterAll, beforeAll } from 'vitest'
import { mssqlEngine } from '../../src/databases/mssql/engine.ts'
import { startTds, type TdsServer } from '../../servers/tds.ts'
import { fingerprintContract } from './fingerprint.contract.ts'
import { tsqlFingerprintEngine } from './tsql-fingerprint-engine.ts'

let server: TdsServer
beforeAll(async () => {
  server = await startTds()
})
afterAll(async () => server.stop())

fingerprintContract('mssql', async () => tsqlFingerprintEngine(mssqlEngine, server.url))

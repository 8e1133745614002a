import { afterAll, beforeAll } from 'vitest'
import { synapseEngine } from '../../src/databases/synapse/engine.ts'
import { startTds, type TdsServer } from '../../servers/tds.ts'
import { fingerprintContract } from './fingerprint.contract.ts'
import { tsqlFingerprintEngine } from './tsql-fingerprint-engine.ts'

let server: TdsServer
beforeAll(async () => {
  server = await startTds('synapse')
})
afterAll(async () => server.stop())

fingerprintContract('synapse', async () => tsqlFingerprintEngine(synapseEngine, server.url))

import { afterAll, beforeAll } from 'vitest'
import { engineOf } from '../../src/databases/open-database.ts'
import { startTds, type TdsServer } from '../../servers/tds.ts'
import { loadingContract } from './loading.contract.ts'

let server: TdsServer
beforeAll(async () => {
  server = await startTds()
})
afterAll(async () => server.stop())

loadingContract('mssql', async () => {
  const engine = await engineOf(server.url)
  const { signal } = new AbortController()
  const target = { url: server.url, projectDirectory: '.', environment: {}, signal }
  return { engine, open: () => engine.open(target) }
})

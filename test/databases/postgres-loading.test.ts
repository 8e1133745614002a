import { afterAll, beforeAll } from 'vitest'
import { type PostgresServer, startPostgres } from '../../servers/postgres.ts'
import { engineOf } from '../../src/databases/open-database.ts'
import { loadingContract } from './loading.contract.ts'

let server: PostgresServer
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

loadingContract('postgres', async () => {
  const { url } = server
  const engine = await engineOf(url)
  const { signal } = new AbortController()
  return {
    engine,
    open: () => engine.open({ url, projectDirectory: '.', environment: {}, signal }),
  }
})

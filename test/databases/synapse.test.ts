import { afterAll, beforeAll } from 'vitest'
import { dialectOf } from '../../src/databases/open-database.ts'
import { startTds, type TdsServer } from '../../servers/tds.ts'
import { dialectContract } from './dialect.contract.ts'
import { sqlServerSpelling } from './sql-server-spelling.ts'

let server: TdsServer
beforeAll(async () => {
  server = await startTds('synapse')
})
afterAll(async () => server.stop())

dialectContract('synapse', async () => {
  const dialect = await dialectOf(server.url)
  return {
    dialect,
    spelling: { ...sqlServerSpelling, insertReturning: undefined },
    endlessQuery: `WAITFOR DELAY '00:05:00'`,
    showStatement: 'SELECT @@VERSION',
    open: (signal = new AbortController().signal) =>
      dialect.open({ url: server.url, projectDirectory: '.', environment: {}, signal }),
  }
})

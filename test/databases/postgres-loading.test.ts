import { afterAll, beforeAll } from 'vitest'
import { type PostgresServer, startPostgres } from '../../servers/postgres.ts'
import { engineOf } from '../../src/databases/open-database.ts'
import { loadingContract } from './loading.contract.ts'
import { loadingTypesContract } from './loading-types.contract.ts'

let server: PostgresServer
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

const prepare = async () => {
  const { url } = server
  const engine = await engineOf(url)
  const { signal } = new AbortController()
  return {
    engine,
    open: () => engine.open({ url, projectDirectory: '.', environment: {}, signal }),
  }
}

loadingContract('postgres', prepare)

const decimal = { kind: 'decimal', precision: 10, scale: 2 } as const
const timestamp = { kind: 'timestamp', zone: false } as const
loadingTypesContract('postgres', prepare, [
  [decimal, 'NaN', undefined],
  [decimal, '123456789.00', /is not a number of 10 digits, 2 of them decimals/],
  [timestamp, '294277-01-01 00:00:00', /out of the range of PostgreSQL's time stamps/],
  [timestamp, '2026-02-29 00:00:00', /`2026-02-29 00:00:00` is not a time stamp/],
  [{ kind: 'text' }, 'a\0b', /PostgreSQL holds no NUL character in a text/],
  [{ kind: 'text', length: 2 }, 'abc', /it has 3 characters, and 2 are allowed/],
])

import { afterAll, beforeAll } from 'vitest'
import { dialectOf } from '../../src/databases/open-database.ts'
import { fingerprint } from '../../src/databases/postgres/fingerprint.ts'
import { startPostgres } from '../../servers/postgres.ts'
import { fingerprintContract } from './fingerprint.contract.ts'
import type { ColumnType } from '../../src/formats/column-type.ts'

let server: Awaited<ReturnType<typeof startPostgres>>
beforeAll(async () => {
  // Settings under which texts would come out wrong.
  const settings = { timezone: 'Asia/Kolkata', datestyle: 'SQL, DMY', intervalstyle: 'iso_8601' }
  server = await startPostgres({ settings: { ...settings, extra_float_digits: '-5' } })
})
afterAll(async () => server.stop())

fingerprintContract('postgres', async () => {
  const dialect = await dialectOf(server.url)
  return {
    sql: dialect.sql,
    writer: fingerprint,
    open: () =>
      dialect.open({
        url: server.url,
        projectDirectory: '.',
        environment: {},
        signal: new AbortController().signal,
      }),
    native,
    holds: () => true,
    keyedTable: name => `CREATE TABLE ${name} (id int, a text, b text, PRIMARY KEY (b, id))`,
  }
})

function native(type: ColumnType): string {
  switch (type.kind) {
    case 'integer':
      return { 8: 'smallint', 16: 'smallint', 32: 'integer', 64: 'bigint', 128: 'numeric(39,0)' }[
        type.bits
      ]
    case 'decimal':
      return type.precision === undefined ? 'numeric' : `numeric(${type.precision},${type.scale})`
    case 'float':
      return type.bits === 32 ? 'real' : 'double precision'
    case 'bytes':
      return 'bytea'
    case 'time':
    case 'timestamp':
      return `${type.kind} with${type.zone ? '' : 'out'} time zone`
    case 'other':
      return type.name
    default:
      return type.kind
  }
}

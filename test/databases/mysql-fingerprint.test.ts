import { afterAll, beforeAll } from 'vitest'
import { mysqlEngine } from '../../src/databases/mysql/engine.ts'
import { fingerprint } from '../../src/databases/mysql/fingerprint.ts'
import type { ColumnType } from '../../src/formats/column-type.ts'
import { startMariadb } from '../../servers/mariadb.ts'
import { fingerprintContract } from './fingerprint.contract.ts'

let server: Awaited<ReturnType<typeof startMariadb>>
beforeAll(async () => {
  server = await startMariadb({
    settings: { 'default-time-zone': '+05:30', 'collation-server': 'utf8mb4_unicode_ci' },
  })
}, 60_000)
afterAll(async () => server.stop())

fingerprintContract('mysql', async () => ({
  sql: mysqlEngine.sql,
  writer: fingerprint,
  open: () =>
    mysqlEngine.open({
      url: server.url,
      projectDirectory: '.',
      environment: { HOME: '/nonexistent' },
      signal: new AbortController().signal,
    }),
  native,
  holds,
  keyedTable: name =>
    `CREATE TABLE ${name} (id int, a longtext, b varchar(100), PRIMARY KEY (b, id))`,
}))

function native(type: ColumnType): string | undefined {
  switch (type.kind) {
    case 'decimal':
      return type.precision === undefined ? undefined : mysqlEngine.types.write(type)
    case 'time':
      return type.zone ? undefined : 'time(6)'
    case 'timestamp':
      return type.zone ? 'timestamp(6) NULL' : 'datetime(6)'
    case 'interval':
      return 'time(6)'
    case 'uuid':
      return 'uuid'
    case 'other':
      return undefined
    default:
      return mysqlEngine.types.write(type)
  }
}

function holds(type: ColumnType, text: string): boolean {
  if (/BC|infinity|NaN/i.test(text)) return false
  switch (type.kind) {
    case 'float':
      return text !== '-0'
    case 'timestamp':
      return !type.zone || /^(19[789]|20[012])/.test(text)
    case 'interval':
      return /^-?[0-8]?\d\d:/.test(text)
    default:
      return true
  }
}

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { fingerprint } from '../../src/databases/duckdb/fingerprint.ts'
import { dialectOf } from '../../src/databases/open-database.ts'
import { stopWarehouse } from '../../src/databases/open-warehouse.ts'
import type { ColumnType } from '../../src/formats/column-type.ts'
import { fingerprintContract } from './fingerprint.contract.ts'

const url = 'duckdb:./engine.duckdb'
let projectDirectory = ''
beforeAll(async () => {
  projectDirectory = await mkdtemp(join(tmpdir(), 'ferry-duckdb-'))
})
afterAll(async () => {
  await stopWarehouse({ url, projectDirectory })
  await rm(projectDirectory, { recursive: true })
})

fingerprintContract('duckdb', async () => {
  const dialect = await dialectOf(url)
  const { signal } = new AbortController()
  // A time zone in which texts would come out wrong.
  const environment = { ...process.env, TZ: 'Asia/Kolkata' }
  return {
    sql: dialect.sql,
    writer: fingerprint,
    open: () => dialect.open({ url, projectDirectory, environment, signal }),
    native,
    holds: () => true,
    keyedTable: name => `CREATE TABLE ${name} (id int, a text, b text, PRIMARY KEY (b, id))`,
  }
})

function native(type: ColumnType): string | undefined {
  switch (type.kind) {
    case 'integer':
      return { 8: 'TINYINT', 16: 'SMALLINT', 32: 'INTEGER', 64: 'BIGINT', 128: 'HUGEINT' }[
        type.bits
      ]
    case 'decimal':
      return type.precision === undefined ? undefined : `DECIMAL(${type.precision},${type.scale})`
    case 'float':
      return type.bits === 32 ? 'FLOAT' : 'DOUBLE'
    case 'text':
      return 'VARCHAR'
    case 'bytes':
      return 'BLOB'
    case 'time':
    case 'timestamp':
      return `${type.kind}${type.zone ? ' with time zone' : ''}`
    case 'other':
      return undefined
    default:
      return type.kind
  }
}

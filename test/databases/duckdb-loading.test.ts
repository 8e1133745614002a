import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { engineOf } from '../../src/databases/open-database.ts'
import { stopWarehouse } from '../../src/databases/open-warehouse.ts'
import { loadingContract } from './loading.contract.ts'
import { loadingTypesContract } from './loading-types.contract.ts'

let directory: string
const url = 'duckdb:./warehouse.duckdb'
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ferry-duckdb-loading-'))
})
afterAll(async () => {
  await stopWarehouse({ url, projectDirectory: directory })
  await rm(directory, { recursive: true, force: true })
})

const prepare = async () => {
  const engine = await engineOf(url)
  const { signal } = new AbortController()
  const target = { url, projectDirectory: directory, environment: process.env, signal }
  return { engine, open: () => engine.open(target) }
}

loadingContract('duckdb', prepare)

const decimal = { kind: 'decimal', precision: 10, scale: 2 } as const
const timestamp = { kind: 'timestamp', zone: false } as const
loadingTypesContract('duckdb', prepare, [
  [decimal, 'NaN', /DuckDB's decimals have no `NaN`/],
  [decimal, '123456789.00', /is not a number of 10 digits, 2 of them decimals/],
  [timestamp, '294276-12-31 23:59:59', /out of the range of DuckDB's time stamps/],
  [timestamp, '2026-02-29 00:00:00', /`2026-02-29 00:00:00` is not a time stamp/],
  [{ kind: 'date' }, '2026-13-01', /is not a date/],
  [{ kind: 'uuid' }, 'no', /`no` is not a UUID/],
  [{ kind: 'json' }, '{', /is not JSON/],
  [{ kind: 'text' }, 'a\0b', undefined],
])

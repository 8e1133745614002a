import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { engineOf } from '../../src/databases/open-database.ts'
import { stopWarehouse } from '../../src/databases/open-warehouse.ts'
import { loadingContract } from './loading.contract.ts'

let directory: string
const url = 'duckdb:./warehouse.duckdb'
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ferry-duckdb-loading-'))
})
afterAll(async () => {
  await stopWarehouse({ url, projectDirectory: directory })
  await rm(directory, { recursive: true, force: true })
})

loadingContract('duckdb', async () => {
  const engine = await engineOf(url)
  const { signal } = new AbortController()
  const target = { url, projectDirectory: directory, environment: process.env, signal }
  return { engine, open: () => engine.open(target) }
})

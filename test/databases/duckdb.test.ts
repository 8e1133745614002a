import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { dialectOf } from '../../src/databases/open-database.ts'
import { stopWarehouse } from '../../src/databases/open-warehouse.ts'
import { dialectContract } from './dialect.contract.ts'

const url = 'duckdb:./engine.duckdb'
let projectDirectory = ''

dialectContract('duckdb', async () => {
  projectDirectory = await mkdtemp(join(tmpdir(), 'ferry-duckdb-'))
  const dialect = await dialectOf(url)
  return {
    dialect,
    endlessQuery:
      'SELECT count(*) FROM range(100000000) a, range(100000000) b WHERE a.range % 7 = b.range % 5',
    showStatement: 'SHOW TABLES',
    open: (signal = new AbortController().signal) =>
      dialect.open({ url, projectDirectory, environment: process.env, signal }),
  }
})

afterAll(async () => {
  await stopWarehouse({ url, projectDirectory })
  await rm(projectDirectory, { recursive: true })
})

import type { Engine } from '../engine.ts'
import { columnTypes } from './column-types.ts'
import { mssql } from './dialect.ts'
import { fingerprint } from './fingerprint.ts'
import { loading } from './loading.ts'
import { source } from './source.ts'

export const mssqlEngine: Engine = {
  ...mssql,
  types: columnTypes,
  source,
  fingerprint,
  loading,
}

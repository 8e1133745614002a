import type { Engine } from '../engine.ts'
import { columnTypes } from './column-types.ts'
import { mssql } from './dialect.ts'
import { loading } from './loading.ts'

export const mssqlEngine: Engine = {
  ...mssql,
  types: columnTypes,
  source: undefined,
  fingerprint: undefined,
  loading,
}

import type { Engine } from '../engine.ts'
import { asking } from './asking.ts'
import { columnTypes } from './column-types.ts'
import { duckdb } from './dialect.ts'
import { fingerprint } from './fingerprint.ts'
import { loading } from './loading.ts'

export const duckdbEngine: Engine = {
  ...duckdb,
  types: columnTypes,
  source: undefined,
  fingerprint,
  loading,
  asking,
}

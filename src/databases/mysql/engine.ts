import type { Engine } from '../engine.ts'
import { columnTypes } from './column-types.ts'
import { mysql } from './dialect.ts'
import { fingerprint } from './fingerprint.ts'
import { source } from './source.ts'

export const mysqlEngine: Engine = {
  ...mysql,
  types: columnTypes,
  source,
  fingerprint,
  loading: undefined,
}

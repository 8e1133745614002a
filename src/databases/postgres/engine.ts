import type { Engine } from '../engine.ts'
import { asking } from './asking.ts'
import { columnTypes } from './column-types.ts'
import { postgres } from './dialect.ts'
import { fingerprint } from './fingerprint.ts'
import { loading } from './loading.ts'
import { source } from './source.ts'

export const postgresEngine: Engine = {
  ...postgres,
  types: columnTypes,
  source,
  fingerprint,
  loading,
  asking,
}

import type { Engine } from '../engine.ts'
import { columnTypes } from './column-types.ts'
import { redshift } from './dialect.ts'
import { fingerprint } from './fingerprint.ts'
import { loading } from './loading.ts'

export const redshiftEngine: Engine = {
  ...redshift,
  types: columnTypes,
  source: undefined,
  fingerprint,
  loading,
}

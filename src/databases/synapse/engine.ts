import type { Engine } from '../engine.ts'
import { columnTypes } from '../mssql/column-types.ts'
import { synapse } from './dialect.ts'
import { fingerprint } from './fingerprint.ts'
import { loading } from './loading.ts'

export const synapseEngine: Engine = {
  ...synapse,
  types: columnTypes,
  source: undefined,
  fingerprint,
  loading,
}

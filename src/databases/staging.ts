import { createHash } from 'node:crypto'
import type { Relation } from './dialect.ts'

/**
 * Where the rows of a load are put first: a table beside the target, so that it can take its place.
 * What a killed load left there is dropped by the next one.
 */
export function stagingOf(target: Relation, maxIdentifierBytes: number): Relation {
  const name = `__ferry_stage_${target.name}`
  if (Buffer.byteLength(name) <= maxIdentifierBytes) return { ...target, name }
  const hash = createHash('sha256').update(target.name).digest('hex').slice(0, 16)
  return { ...target, name: `__ferry_stage_${hash}` }
}

import type { LogRecord } from '../record.ts'
import { compileFilter } from './compile-filter.ts'
import type { SelectionConfig } from './config.ts'
import { compileSample } from './sample.ts'

/** Why a record is not wanted, as it is counted. */
export type Refusal = 'not_kept' | 'dropped' | 'not_sampled'

/** Undefined: it is wanted. */
export type Select = (record: LogRecord, routeName: string | undefined) => Refusal | undefined

/**
 * A record is wanted if one of `keep` is true (or there is none), none of `drop` is, and its key is in the
 * sample. Nothing comes back if all records are wanted.
 * @throws FerryError CONFIG_INVALID
 */
export function compileSelection({ keep, drop, sample }: SelectionConfig): Select | undefined {
  if (keep.length + drop.length + sample.length === 0) return undefined
  const kept = keep.map(compileFilter)
  const dropped = drop.map(compileFilter)
  const samples = sample.map(({ by, keep: share, where }) => compileSample({ by, share, where }))
  return (record, route) => {
    if (kept.length > 0 && !kept.some(filter => filter(record, route))) return 'not_kept'
    for (const filter of dropped) if (filter(record, route)) return 'dropped'
    for (const filter of samples) if (!filter(record, route)) return 'not_sampled'
    return undefined
  }
}

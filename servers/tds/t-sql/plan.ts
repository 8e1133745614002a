import type { PartitionSwitch } from '../partitions.ts'
import type { Name } from './relations.ts'

/** What a batch of T-SQL comes down to, step by step. */
export type Step =
  /** A statement for DuckDB; a `quiet` one keeps the catalog and tells the client nothing. */
  | {
      readonly kind: 'sql'
      readonly text: string
      readonly command: 'select' | 'insert' | 'update' | 'delete' | 'merge' | 'other'
      readonly returnsRows?: boolean
      readonly quiet?: boolean
    }
  | { readonly kind: 'begin' | 'commit' | 'rollback' }
  | { readonly kind: 'if'; readonly condition: string; readonly yes: Plan; readonly no: Plan }
  /** Runs `otherwise` when `work` fails. */
  | { readonly kind: 'try'; readonly work: Plan; readonly otherwise: Plan }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'kill'; readonly session: number }
  | { readonly kind: 'lockTimeout'; readonly ms: number }
  /** An expression of DuckDB's yields the T-SQL that is run then. */
  | { readonly kind: 'dynamic'; readonly text: string; readonly translate: (text: string) => Plan }
  | { readonly kind: 'split'; readonly table: Name; readonly value: string }
  | ({ readonly kind: 'switch' } & PartitionSwitch)
  | { readonly kind: 'throw'; readonly number: number; readonly message: string }
  /** Descriptions of results instead of results. */
  | { readonly kind: 'describeOnly'; readonly on: boolean }
  /** The next message holds the rows. */
  | { readonly kind: 'bulk'; readonly table: string; readonly columns: readonly string[] }
  /** Said and understood, and without a meaning here: an option, statistics. */
  | { readonly kind: 'nothing' }

export type Plan = readonly Step[]

import type { SqlLexicon } from '../dialect.ts'
import { sql } from './sql.ts'

/** How a server that speaks PostgreSQL's protocol differs from PostgreSQL. */
export interface ServerKind {
  /** For people. */
  readonly name: string
  /** `COPY (query) TO STDOUT`, the quick way of a result; others are read by portals. */
  readonly copiesOut: boolean
  /** Statements of each session, by which values come without loss. */
  readonly settings: readonly string[]
  readonly lexicon: SqlLexicon
}

export const POSTGRES: ServerKind = {
  name: 'PostgreSQL',
  copiesOut: true,
  /**
   * Values come as the server's text; a role or a database may be set to a form of it that rounds floats
   * or that can be misread. The order of day and month in dates that are read stays as it was.
   */
  settings: [
    `SELECT set_config('DateStyle', 'ISO', false),
  set_config('extra_float_digits', '3', false), set_config('bytea_output', 'hex', false)`,
  ],
  lexicon: sql.lexicon,
}

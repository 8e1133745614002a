import type { Relation, SqlWriter } from './dialect.ts'
import type { LedgerRow } from './loading.ts'

/**
 * The ledger of a warehouse: which delivery was loaded into which table. Its rows are written in the
 * loads' own transactions, so that a load happens once however often it is tried. Texts and whole
 * numbers only, so that each engine has the same table:
 *
 *     delivery    varchar(64)   tells a delivery from all others
 *     table_name  varchar(260)  production.tasks
 *     night       varchar(10)   its logical date
 *     strategy    varchar(16)
 *     row_count   bigint        of the delivery
 *     edge        varchar(4000) where the table then ends, opaque; NULL when it has no edge
 *     taken_at    varchar(40)   when the rows were true, ISO 8601 in UTC
 *     loaded_at   varchar(40)   when the load began, by the loader's clock
 *
 * Delivery and table are its primary key, where the engine keeps such.
 */
export const LEDGER: Relation = { schema: 'ferry', name: 'loads' }

/** Names and lengths of the columns, for those that write `createLedger`. */
export const LEDGER_COLUMNS: readonly { name: string; characters: number | 'bigint' }[] = [
  { name: 'delivery', characters: 64 },
  { name: 'table_name', characters: 260 },
  { name: 'night', characters: 10 },
  { name: 'strategy', characters: 16 },
  { name: 'row_count', characters: 'bigint' },
  { name: 'edge', characters: 4_000 },
  { name: 'taken_at', characters: 40 },
  { name: 'loaded_at', characters: 40 },
]

/** To be the first statement of the load's transaction. */
export function insertIntoLedger(sql: SqlWriter, row: LedgerRow): string {
  const { delivery, table, date, strategy, rows, to, takenAt, loadedAt } = row
  const values = [delivery, table, date, strategy, rows, to, takenAt, loadedAt]
  const names = LEDGER_COLUMNS.map(column => sql.identifier(column.name)).join(', ')
  const literals = values.map(value => sql.literal(value)).join(', ')
  return `INSERT INTO ${sql.relation(LEDGER)} (${names})\nVALUES (${literals})`
}

/** One row when the delivery is in the table: its rows and its edge. */
export function findInLedger(sql: SqlWriter, { delivery, table }: LedgerRow): string {
  return `SELECT row_count, edge FROM ${sql.relation(LEDGER)}
WHERE delivery = ${sql.literal(delivery)} AND table_name = ${sql.literal(table)}`
}

/** One row: when the newest rows of the table were taken, or NULL. */
export function newestInLedger(sql: SqlWriter, table: string): string {
  return `SELECT max(taken_at) FROM ${sql.relation(LEDGER)} WHERE table_name = ${sql.literal(table)}`
}

/** Of a table that is not there any more. */
export function forgetTable(sql: SqlWriter, table: string): string {
  return `DELETE FROM ${sql.relation(LEDGER)} WHERE table_name = ${sql.literal(table)}`
}

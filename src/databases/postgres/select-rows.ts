import type { RowsQuery } from '../source.ts'
import { sql } from './sql.ts'

/** The rows that are wanted, with these expressions of them; the columns themselves where none are given. */
export function selectOf(
  { table, columns, where }: RowsQuery,
  values: readonly string[] = columns.map(name => sql.identifier(name)),
): string {
  const conditions = where.filter(text => text !== '').map(text => `(${text})`)
  const filter = conditions.length === 0 ? '' : ` WHERE ${conditions.join('\n AND ')}`
  return `SELECT ${values.join(', ')} FROM ${sql.relation(table.relation)}${filter}\n`
}

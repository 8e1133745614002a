/** The statements of a load in T-SQL that SQL Server and Synapse both take. */
import type { TableColumn } from '../../formats/column-type.ts'
import type { Relation } from '../dialect.ts'
import { STAGE_ROW, wholeNameStatements } from '../whole-name-statements.ts'
import { sql } from './sql.ts'

/** Texts are the same when their characters are; other collations take `a` for `A`. */
export const COLLATION = 'Latin1_General_100_BIN2'

const { identifier, relation } = sql

/** Of rows with the same key the last one stays. */
export function deleteSuperseded(stage: Relation, key: readonly string[]): string {
  const table = relation(stage)
  const row = identifier(STAGE_ROW)
  const same = key.map(name => `later.${identifier(name)} = ${table}.${identifier(name)}`)
  return `DELETE FROM ${table}
WHERE EXISTS (SELECT 1 FROM ${table} AS later WHERE ${same.join(' AND ')} AND later.${row} > ${table}.${row})`
}

export const statements = wholeNameStatements({
  sql,
  momentType: 'datetime2(6)',
  unlike,
  /** By ranges of the column, which an index knows. */
  deletePeriods: ({ target, stage }, { design }) => {
    const { column = '', by = 'day' } = design.partition ?? {}
    const type = design.columns.find(one => one.name === column)?.type
    const name = identifier(column)
    const isZoned = type?.kind === 'timestamp' && type.zone
    const day = `CAST(${isZoned ? `SWITCHOFFSET(${name}, N'+00:00')` : name} AS date)`
    const start = by === 'day' ? day : `DATEADD(day, 1 - DAY(${day}), ${day})`
    const table = relation(target)
    return [
      `DELETE FROM ${table}
WHERE EXISTS (SELECT 1 FROM (SELECT DISTINCT ${start} AS ferry_from FROM ${relation(stage)}) AS s
  WHERE ${table}.${name} >= s.ferry_from AND ${table}.${name} < DATEADD(${by}, 1, s.ferry_from))`,
      `DELETE FROM ${table}
WHERE ${name} IS NULL AND EXISTS (SELECT 1 FROM ${relation(stage)} AS s WHERE s.${name} IS NULL)`,
    ]
  },
})

/** T-SQL passes over blanks at the end of a text, unless something stands behind them. */
function unlike({ type }: TableColumn, a: string, b: string): string {
  if (!['text', 'json', 'other', 'interval'].includes(type.kind)) return `${a} <> ${b}`
  return `CONCAT(${a}, N'.') COLLATE ${COLLATION} <> CONCAT(${b}, N'.') COLLATE ${COLLATION}`
}

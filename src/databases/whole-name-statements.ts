/**
 * The statements of a load for engines that name the changed table whole and not by an alias (SQL Server,
 * Synapse, Redshift): from a staging table into its target, by a key. Never `NOT IN (SELECT ...)`, which
 * one NULL turns into nothing.
 */
import type { TableColumn } from '../formats/column-type.ts'
import type { Relation, SqlWriter } from './dialect.ts'
import { namesOf, stagedColumns } from './load-statements.ts'
import { HISTORY_COLUMNS, type LoadRequest } from './loading.ts'

/** Grows as rows are staged, where the engine stages them in order; tells rows of one key apart. */
export const STAGE_ROW = 'ferry_row'

export interface Tables {
  readonly target: Relation
  readonly stage: Relation
}

/** What an engine of this kind says differently. */
export interface WholeNameParts {
  readonly sql: SqlWriter
  /** Of a moment without a zone, in microseconds. */
  readonly momentType: string
  /** Whether two values that are not NULL differ, each character counting. */
  readonly unlike: (column: TableColumn, a: string, b: string) => string
  readonly deletePeriods: (tables: Tables, request: LoadRequest) => readonly string[]
}

export interface WholeNameStatements {
  /** Rows of the target that are not in the staging table. */
  readonly deleteMissing: (tables: Tables, key: readonly string[]) => string
  /** Rows of the target whose key is in the staging table. */
  readonly deleteStaged: (tables: Tables, key: readonly string[]) => string
  readonly insertStaged: (tables: Tables, columns: readonly TableColumn[]) => string
  /** Rows whose key the target does not have. */
  readonly insertNew: (
    tables: Tables,
    columns: readonly TableColumn[],
    key: readonly string[],
  ) => string
  /** Rows that differ take the staged values; undefined when there is nothing but keys. */
  readonly updateStaged: (tables: Tables, request: LoadRequest) => string | undefined
  readonly history: (tables: Tables, request: LoadRequest) => HistoryStatements
  /** Rows of the days (or months) that the staging table has rows of. */
  readonly deletePeriods: WholeNameParts['deletePeriods']
}

export interface HistoryStatements {
  readonly ended: string | undefined
  readonly gone: string | undefined
  readonly began: string
}

export function wholeNameStatements(parts: WholeNameParts): WholeNameStatements {
  const { sql } = parts
  const { relation } = sql
  const insertStaged: WholeNameStatements['insertStaged'] = ({ target, stage }, columns) => {
    const names = namesOf(sql, columns)
    return `INSERT INTO ${relation(target)} (${names})\nSELECT ${names} FROM ${relation(stage)} AS s`
  }
  return {
    insertStaged,
    deletePeriods: parts.deletePeriods,
    deleteMissing: ({ target, stage }, key) => `DELETE FROM ${relation(target)}
WHERE NOT EXISTS (SELECT 1 FROM ${relation(stage)} AS s WHERE ${sameKey(sql, key, relation(target))})`,
    deleteStaged: ({ target, stage }, key) => `DELETE FROM ${relation(target)}
WHERE EXISTS (SELECT 1 FROM ${relation(stage)} AS s WHERE ${sameKey(sql, key, relation(target))})`,
    insertNew: (tables, columns, key) => `${insertStaged(tables, columns)}
WHERE NOT EXISTS (SELECT 1 FROM ${relation(tables.target)} AS t WHERE ${sameKey(sql, key, 't')})`,
    updateStaged: ({ target, stage }, request) => {
      const { key } = request.design
      const others = stagedColumns(request).filter(column => !key.includes(column.name))
      if (others.length === 0) return undefined
      const table = relation(target)
      const set = others.map(({ name }) => `${sql.identifier(name)} = s.${sql.identifier(name)}`)
      return `UPDATE ${table} SET ${set.join(', ')}
FROM ${relation(stage)} AS s
WHERE ${sameKey(sql, key, table)} AND (${differs(parts, others, table)})`
    },
    history: (tables, request) => history(parts, tables, request),
  }
}

/** `table` has the key of the staged row `s`. */
const sameKey = (sql: SqlWriter, key: readonly string[], table: string): string =>
  key.map(name => `s.${sql.identifier(name)} = ${table}.${sql.identifier(name)}`).join(' AND ')

/** NULL differs from everything but NULL. */
function differs(
  { sql, unlike }: WholeNameParts,
  columns: readonly TableColumn[],
  table: string,
): string {
  const conditions = columns.map(column => {
    const name = sql.identifier(column.name)
    const [mine, staged] = [`${table}.${name}`, `s.${name}`]
    return `${unlike(column, mine, staged)} OR (${mine} IS NULL AND ${staged} IS NOT NULL) OR (${mine} IS NOT NULL AND ${staged} IS NULL)`
  })
  return conditions.join('\n  OR ')
}

function history(parts: WholeNameParts, tables: Tables, request: LoadRequest): HistoryStatements {
  const { sql, momentType } = parts
  const { design, ledger, complete } = request
  const table = sql.relation(tables.target)
  const staged = sql.relation(tables.stage)
  const to = sql.identifier(HISTORY_COLUMNS.to)
  const at = `CAST(${sql.literal(ledger.takenAt.replace('T', ' ').replace('Z', ''))} AS ${momentType})`
  const same = sameKey(sql, design.key, table)
  const columns = stagedColumns(request)
  const others = columns.filter(column => !design.key.includes(column.name))
  const names = namesOf(sql, columns)
  return {
    ended:
      others.length === 0
        ? undefined
        : `UPDATE ${table} SET ${to} = ${at}
FROM ${staged} AS s
WHERE ${same} AND ${table}.${to} IS NULL AND (${differs(parts, others, table)})`,
    gone: complete
      ? `UPDATE ${table} SET ${to} = ${at}
WHERE ${to} IS NULL AND NOT EXISTS (SELECT 1 FROM ${staged} AS s WHERE ${same})`
      : undefined,
    began: `INSERT INTO ${table} (${names}, ${sql.identifier(HISTORY_COLUMNS.from)}, ${to})
SELECT ${names}, ${at}, CAST(NULL AS ${momentType}) FROM ${staged} AS s
WHERE NOT EXISTS (SELECT 1 FROM ${table} AS t WHERE ${sameKey(sql, design.key, 't')} AND t.${to} IS NULL)`,
  }
}

import type { ColumnType, TableColumn } from '../formats/column-type.ts'
import type { Relation, SqlWriter } from './dialect.ts'
import { HISTORY_COLUMNS, type LoadRequest } from './loading.ts'

/**
 * The statements of a load that PostgreSQL, DuckDB and those that speak like them write alike: from a
 * staging table into its target, by a key. Never `NOT IN (SELECT ...)`, which PostgreSQL does not hash
 * beyond its work_mem, and which one NULL turns into nothing.
 */
export interface Tables {
  readonly sql: SqlWriter
  readonly target: Relation
  readonly stage: Relation
}

/** What a history has beside the columns of its source. */
export const HISTORY_TYPES: readonly TableColumn[] = Object.values(HISTORY_COLUMNS).map(name => {
  return { name, type: { kind: 'timestamp', zone: false }, nullable: true, native: 'timestamp' }
})

/**
 * The columns that are put from the staging table into the target: those of the files; of `replace`
 * all, as its staging table is the one that stays.
 */
export function stagedColumns({ design, files, strategy }: LoadRequest): readonly TableColumn[] {
  if (strategy === 'replace') return design.columns
  return design.columns.filter(column => files.columns.includes(column.name))
}

export const namesOf = (sql: SqlWriter, columns: readonly { name: string }[]): string =>
  columns.map(column => sql.identifier(column.name)).join(', ')

/** `t."id" = s."id" AND ...` */
export function sameKey(sql: SqlWriter, key: readonly string[], a: string, b: string): string {
  return key
    .map(name => `${a}.${sql.identifier(name)} = ${b}.${sql.identifier(name)}`)
    .join(' AND ')
}

/** `columns` are definitions: name and native type. */
export function createTable(
  sql: SqlWriter,
  table: Relation,
  columns: readonly TableColumn[],
  more: { readonly nativeOf: (type: ColumnType) => string; readonly notNull: readonly string[] },
): string {
  const lines = columns.map(({ name, type }) => {
    const notNull = more.notNull.includes(name) ? ' NOT NULL' : ''
    return `  ${sql.identifier(name)} ${more.nativeOf(type)}${notNull}`
  })
  return `TABLE ${sql.relation(table)} (\n${lines.join(',\n')}\n)`
}

/** Of rows with the same key the last one stays. `rowId` grows as rows are written. */
export function deleteSuperseded(
  { sql, stage }: Tables,
  key: readonly string[],
  rowId: string,
): string {
  const names = key.map(name => sql.identifier(name)).join(', ')
  const table = sql.relation(stage)
  return `DELETE FROM ${table} AS s
USING (SELECT ${names}, max(${rowId}) AS ferry_last FROM ${table} GROUP BY ${names} HAVING count(*) > 1) AS d
WHERE ${sameKey(sql, key, 's', 'd')} AND s.${rowId} < d.ferry_last`
}

/** Rows of the target that are not in the staging table. */
export function deleteMissing({ sql, target, stage }: Tables, key: readonly string[]): string {
  return `DELETE FROM ${sql.relation(target)} AS t
WHERE NOT EXISTS (SELECT 1 FROM ${sql.relation(stage)} AS s WHERE ${sameKey(sql, key, 's', 't')})`
}

/** Rows of the target whose key is in the staging table. */
export function deleteStaged({ sql, target, stage }: Tables, key: readonly string[]): string {
  return `DELETE FROM ${sql.relation(target)} AS t
USING ${sql.relation(stage)} AS s
WHERE ${sameKey(sql, key, 's', 't')}`
}

export function insertStaged(
  { sql, target, stage }: Tables,
  columns: readonly TableColumn[],
): string {
  const names = namesOf(sql, columns)
  return `INSERT INTO ${sql.relation(target)} (${names})\nSELECT ${names} FROM ${sql.relation(stage)}`
}

/** Rows whose key the target does not have. */
export function insertNew(
  tables: Tables,
  columns: readonly TableColumn[],
  key: readonly string[],
): string {
  const { sql, target } = tables
  return `${insertStaged(tables, columns)} AS s
WHERE NOT EXISTS (SELECT 1 FROM ${sql.relation(target)} AS t WHERE ${sameKey(sql, key, 's', 't')})`
}

/** Whether a row differs; `compared` gives an expression that has an equality, for those without. */
export function differs(
  sql: SqlWriter,
  columns: readonly TableColumn[],
  compared: (column: TableColumn, of: string) => string = (column, of) =>
    `${of}.${sql.identifier(column.name)}`,
): string {
  const of = (alias: string): string => columns.map(one => compared(one, alias)).join(', ')
  return `(${of('t')}) IS DISTINCT FROM (${of('s')})`
}

/** `history`: the statements after the table is there. `differ` is a condition on `t` and `s`. */
export function historyStatements(
  tables: Tables,
  request: LoadRequest,
  differ: string | undefined,
): { ended: string | undefined; gone: string | undefined; began: string } {
  const { sql, target, stage } = tables
  const { design, ledger, complete } = request
  const to = sql.identifier(HISTORY_COLUMNS.to)
  const at = `CAST(${sql.literal(ledger.takenAt.replace('T', ' ').replace('Z', ''))} AS TIMESTAMP)`
  const staged = sql.relation(stage)
  const end = `UPDATE ${sql.relation(target)} AS t\nSET ${to} = ${at}`
  const same = sameKey(sql, design.key, 's', 't')
  const names = namesOf(sql, stagedColumns(request))
  const history = `${sql.identifier(HISTORY_COLUMNS.from)}, ${to}`
  return {
    ended:
      differ === undefined
        ? undefined
        : `${end}\nFROM ${staged} AS s\nWHERE ${same} AND t.${to} IS NULL AND ${differ}`,
    gone: complete
      ? `${end}\nWHERE t.${to} IS NULL AND NOT EXISTS (SELECT 1 FROM ${staged} AS s WHERE ${same})`
      : undefined,
    began: `INSERT INTO ${sql.relation(target)} (${names}, ${history})
SELECT ${names}, ${at}, CAST(NULL AS TIMESTAMP) FROM ${staged} AS s
WHERE NOT EXISTS (SELECT 1 FROM ${sql.relation(target)} AS t WHERE ${same} AND t.${to} IS NULL)`,
  }
}

/**
 * The statements of a load in T-SQL that SQL Server and Synapse both take: from a staging table into its
 * target, by a key. Changed tables are named whole, not by an alias, which Synapse asks for. Never
 * `NOT IN (SELECT ...)`, which one NULL turns into nothing.
 */
import type { TableColumn } from '../../formats/column-type.ts'
import type { Relation } from '../dialect.ts'
import { namesOf, stagedColumns } from '../load-statements.ts'
import { HISTORY_COLUMNS, type LoadRequest } from '../loading.ts'
import { sql } from './sql.ts'

/** Grows as rows are staged, where the engine stages them in order; tells rows of one key apart. */
export const STAGE_ROW = 'ferry_row'

/** Texts are the same when their characters are; other collations take `a` for `A`. */
export const COLLATION = 'Latin1_General_100_BIN2'

export interface Tables {
  readonly target: Relation
  readonly stage: Relation
}

const { identifier, relation } = sql

const sameKey = (key: readonly string[], a: string, b: string): string =>
  key.map(name => `${a}.${identifier(name)} = ${b}.${identifier(name)}`).join(' AND ')

/** Of rows with the same key the last one stays. */
export function deleteSuperseded(stage: Relation, key: readonly string[]): string {
  const table = relation(stage)
  const row = identifier(STAGE_ROW)
  return `DELETE FROM ${table}
WHERE EXISTS (SELECT 1 FROM ${table} AS later WHERE ${sameKey(key, 'later', table)} AND later.${row} > ${table}.${row})`
}

/** Rows of the target that are not in the staging table. */
export function deleteMissing({ target, stage }: Tables, key: readonly string[]): string {
  const table = relation(target)
  return `DELETE FROM ${table}
WHERE NOT EXISTS (SELECT 1 FROM ${relation(stage)} AS s WHERE ${sameKey(key, 's', table)})`
}

/** Rows of the target whose key is in the staging table. */
export function deleteStaged({ target, stage }: Tables, key: readonly string[]): string {
  const table = relation(target)
  return `DELETE FROM ${table}
WHERE EXISTS (SELECT 1 FROM ${relation(stage)} AS s WHERE ${sameKey(key, 's', table)})`
}

export function insertStaged({ target, stage }: Tables, columns: readonly TableColumn[]): string {
  const names = namesOf(sql, columns)
  return `INSERT INTO ${relation(target)} (${names})\nSELECT ${names} FROM ${relation(stage)} AS s`
}

/** Rows whose key the target does not have. */
export function insertNew(
  tables: Tables,
  columns: readonly TableColumn[],
  key: readonly string[],
): string {
  return `${insertStaged(tables, columns)}
WHERE NOT EXISTS (SELECT 1 FROM ${relation(tables.target)} AS t WHERE ${sameKey(key, 't', 's')})`
}

/** Rows of the target take the values of those with their key; undefined when there is nothing but keys. */
export function updateStaged({ target, stage }: Tables, request: LoadRequest): string | undefined {
  const { key } = request.design
  const others = stagedColumns(request).filter(column => !key.includes(column.name))
  if (others.length === 0) return undefined
  const table = relation(target)
  const set = others.map(({ name }) => `${identifier(name)} = s.${identifier(name)}`)
  return `UPDATE ${table} SET ${set.join(', ')}
FROM ${relation(stage)} AS s
WHERE ${sameKey(key, 's', table)} AND (${differs(others, table)})`
}

/** NULL differs from everything but NULL, and a blank at the end of a text is a difference. */
function differs(columns: readonly TableColumn[], table: string): string {
  const conditions = columns.map(({ name, type }) => {
    const [mine, staged] = [`${table}.${identifier(name)}`, `s.${identifier(name)}`]
    const isText = ['text', 'json', 'other', 'interval'].includes(type.kind)
    const unlike = isText
      ? `CONCAT(${mine}, N'.') COLLATE ${COLLATION} <> CONCAT(${staged}, N'.') COLLATE ${COLLATION}`
      : `${mine} <> ${staged}`
    return `${unlike} OR (${mine} IS NULL AND ${staged} IS NOT NULL) OR (${mine} IS NOT NULL AND ${staged} IS NULL)`
  })
  return conditions.join('\n  OR ')
}

export interface HistoryStatements {
  readonly ended: string | undefined
  readonly gone: string | undefined
  readonly began: string
}

export function historyStatements(tables: Tables, request: LoadRequest): HistoryStatements {
  const { design, ledger, complete } = request
  const table = relation(tables.target)
  const staged = relation(tables.stage)
  const to = identifier(HISTORY_COLUMNS.to)
  const at = `CAST(${sql.literal(ledger.takenAt.replace('T', ' ').replace('Z', ''))} AS datetime2(6))`
  const same = sameKey(design.key, 's', table)
  const columns = stagedColumns(request)
  const others = columns.filter(column => !design.key.includes(column.name))
  const names = namesOf(sql, columns)
  return {
    ended:
      others.length === 0
        ? undefined
        : `UPDATE ${table} SET ${to} = ${at}
FROM ${staged} AS s
WHERE ${same} AND ${table}.${to} IS NULL AND (${differs(others, table)})`,
    gone: complete
      ? `UPDATE ${table} SET ${to} = ${at}
WHERE ${to} IS NULL AND NOT EXISTS (SELECT 1 FROM ${staged} AS s WHERE ${same})`
      : undefined,
    began: `INSERT INTO ${table} (${names}, ${identifier(HISTORY_COLUMNS.from)}, ${to})
SELECT ${names}, ${at}, CAST(NULL AS datetime2(6)) FROM ${staged} AS s
WHERE NOT EXISTS (SELECT 1 FROM ${table} AS t WHERE ${sameKey(design.key, 't', 's')} AND t.${to} IS NULL)`,
  }
}

/** Rows of the days (or months) that the staging table has rows of; by ranges, which an index knows. */
export function deletePeriods(
  { target, stage }: Tables,
  { design }: LoadRequest,
): readonly string[] {
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
}

import type { LogicalDate } from '../core/logical-date.ts'
import type { SqlWriter } from '../databases/dialect.ts'
import type { Check } from './check.ts'

/** What the SQL of checks is about. */
export interface Checked {
  readonly sql: SqlWriter
  /** What comes after FROM: a relation, or a query in brackets with a name. */
  readonly from: string
  readonly date: LogicalDate
  /** The relation, as SQL, that a relationships check names. */
  readonly related: (to: string) => string
}

/** The SQL of one check. */
export interface CheckSql {
  /**
   * One value of a single row: how many rows break the check; for freshness whether the newest value
   * is too old (1 or 0); for row_count nothing, as the rows are counted anyway.
   */
  readonly measure: string | undefined
  /** A second value: what was found, in words. */
  readonly found: string | undefined
  /** A query of rows that break it, or of what they have in common. */
  readonly offenders: string | undefined
}

/**
 * All checks of a model are one pass over its rows where they can be (aggregates with FILTER), and
 * subqueries of the same statement where not (unique, relationships).
 */
export function checkSql(check: Check, checked: Checked): CheckSql {
  const { sql, from } = checked
  const rowsWhere = (condition: string): CheckSql => ({
    measure: `count(*) FILTER (WHERE ${condition})`,
    found: undefined,
    offenders: `SELECT * FROM ${from} WHERE ${condition}`,
  })
  switch (check.kind) {
    case 'not_null':
      return rowsWhere(check.columns.map(name => `${sql.identifier(name)} IS NULL`).join(' OR '))
    case 'accepted_values': {
      const values = check.values.map(value => sql.literal(value)).join(', ')
      return rowsWhere(`${sql.identifier(check.column)} NOT IN (${values})`)
    }
    case 'expression':
      // The line end keeps a comment in the expression from swallowing the bracket.
      return rowsWhere(`NOT (${check.expression}\n)`)
    case 'unique':
      return uniqueSql(check.columns, checked)
    case 'relationships':
      return relationshipsSql(check, checked)
    case 'row_count':
      return { measure: undefined, found: undefined, offenders: undefined }
    case 'freshness':
      return freshnessSql(check, checked)
    default:
      return check satisfies never
  }
}

/** As in SQL itself, a row with a NULL among the columns is like no other. */
function uniqueSql(columns: readonly string[], { sql, from }: Checked): CheckSql {
  const names = columns.map(name => sql.identifier(name))
  const whole = names.map(name => `${name} IS NOT NULL`).join(' AND ')
  const groups = `SELECT ${names.join(', ')}, count(*) AS ferry_rows FROM ${from}
    WHERE ${whole} GROUP BY ${names.join(', ')} HAVING count(*) > 1`
  return {
    measure: `(SELECT coalesce(sum(ferry_rows), 0) FROM (${groups}) AS ferry_groups)`,
    found: undefined,
    offenders: `${groups} ORDER BY count(*) DESC`,
  }
}

/** NOT EXISTS, as NOT IN finds nothing when the other side has a NULL, and is slow on large ones. */
function relationshipsSql(
  check: Extract<Check, { kind: 'relationships' }>,
  { sql, from, related }: Checked,
): CheckSql {
  const column = sql.identifier(check.column)
  const orphans = `FROM (SELECT * FROM ${from}) AS ferry_rows WHERE ferry_rows.${column} IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM ${related(check.to)} AS ferry_other
      WHERE ferry_other.${sql.identifier(check.field)} = ferry_rows.${column})`
  return {
    measure: `(SELECT count(*) ${orphans})`,
    found: undefined,
    offenders: `SELECT ferry_rows.* ${orphans}`,
  }
}

/** The age is that at the beginning of the logical date; nothing at all is not fresh either. */
function freshnessSql(
  check: Extract<Check, { kind: 'freshness' }>,
  { sql, date }: Checked,
): CheckSql {
  const newest = `max(${sql.identifier(check.column)})`
  const oldest = new Date(Date.parse(`${date}T00:00:00Z`) - check.maxAgeMs)
  const limit = `TIMESTAMP '${oldest.toISOString().slice(0, 19).replace('T', ' ')}'`
  return {
    measure: `CASE WHEN ${newest} >= ${limit} THEN 0 ELSE 1 END`,
    found: `CAST(${newest} AS VARCHAR)`,
    offenders: undefined,
  }
}

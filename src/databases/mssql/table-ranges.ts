import type { Session, Value } from '../dialect.ts'
import { readAll } from '../read-all.ts'
import type { SourceTable } from '../source.ts'
import { objectId } from './describe-table.ts'
import { sql } from './sql.ts'

const PAGE_BYTES = 8_192
/** Smaller shares are not worth a connection. */
const LEAST_PAGES = 4_194_304 / PAGE_BYTES
/** Pages that are looked at for each share. */
const SAMPLED_PAGES = 100
/** More precise percentages the server does not take note of. */
const LEAST_PERCENT = 0.001

/** Kinds by whose values a key is cut; each compares in the order of the column's own index. */
const ORDERED = new Set(['integer', 'decimal', 'text', 'date', 'time', 'timestamp', 'uuid'])

/**
 * Cuts a table by the first column of its key, at values that a sample of its pages has. Whatever order
 * the column has (its collation's, say) the server compares by it on both sides of a bound, so that each
 * row is in one share; gaps do no harm. What has no pages (a view) or no key is not cut.
 */
export async function tableRanges(
  session: Session,
  { relation, columns, key }: SourceTable,
  count: number,
): Promise<readonly string[]> {
  const column = columns.find(({ name }) => name === key[0])
  if (column === undefined || column.nullable || !ORDERED.has(column.type.kind)) return ['']
  const [[usedPages] = []] = await readAll(
    session,
    `SELECT COALESCE(SUM(a.used_pages), 0) FROM sys.partitions AS p
     JOIN sys.allocation_units AS a ON a.container_id = p.partition_id
     WHERE p.object_id = ${objectId(relation)} AND p.index_id IN (0, 1)`,
  )
  const pages = Number(usedPages ?? 0)
  const shares = Math.min(count, Math.floor(pages / LEAST_PAGES))
  if (shares < 2) return ['']
  const name = sql.identifier(column.name)
  const percent = Math.min(100, Math.max(LEAST_PERCENT, (shares * SAMPLED_PAGES * 100) / pages))
  const rows = await readAll(
    session,
    `SELECT MIN(v) FROM (SELECT ${name} AS v, NTILE(${shares}) OVER (ORDER BY ${name}) AS n
     FROM ${sql.relation(relation)} TABLESAMPLE (${percent.toFixed(3)} PERCENT)) AS q
     WHERE n > 1 GROUP BY n ORDER BY n`,
  )
  const bounds = distinct(rows.map(([value]) => literalOf(value ?? null, column.native)))
  return Array.from({ length: bounds.length + 1 }, (_, at) => {
    const from = at === 0 ? [] : [`${name} >= ${bounds[at - 1]}`]
    const below = at === bounds.length ? [] : [`${name} < ${bounds[at]}`]
    return [...from, ...below].join(' AND ')
  })
}

const distinct = (texts: readonly string[]): readonly string[] => [...new Set(texts)]

/** Of the column's own type, so that its index can be used. */
function literalOf(value: Value, native: string): string {
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  return `CAST(${sql.literal(value)} AS ${native})`
}

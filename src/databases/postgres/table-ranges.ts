import type { Session } from '../dialect.ts'
import { rangesOfNumbers } from '../number-ranges.ts'
import { readAll } from '../read-all.ts'
import type { SourceTable } from '../source.ts'
import { sql } from './sql.ts'

/** Servers that read a range of a table's pages without reading the rest. */
const TID_RANGE_SCANS = 140_000
/** Smaller shares than 4 MB are not worth a connection. */
const LEAST_PAGES = 512

/**
 * Cuts a table by its pages: shares are equal in bytes whatever the key looks like, and each is read
 * from the disk in one piece. A row's place does not change within a snapshot. Tables in partitions
 * are cut in each at the same page numbers. What has no pages of its own (a view) is not cut. Servers
 * that would read the whole table for each range of pages have it cut by its key.
 */
export async function tableRanges(
  session: Session,
  table: SourceTable,
  count: number,
): Promise<readonly string[]> {
  const { relation } = table
  const id = `${sql.literal(sql.relation(relation))}::regclass`
  const [row] = await readAll(
    session,
    `SELECT current_setting('server_version_num')::int,
       coalesce(max(pg_relation_size(c.oid)) / current_setting('block_size')::bigint, 0)::bigint
     FROM pg_catalog.pg_class c
     WHERE c.relkind IN ('r', 'm') AND (c.oid = ${id} OR c.oid IN (SELECT relid FROM pg_partition_tree(${id})))`,
  )
  const pages = Number(row?.[1] ?? 0)
  const shares = Math.min(count, Math.floor(pages / LEAST_PAGES))
  if (shares < 2) return ['']
  if (Number(row?.[0]) < TID_RANGE_SCANS) return await keyRanges(session, table, shares)
  const bounds = Array.from({ length: shares - 1 }, (_, at) => {
    return `'(${Math.round(((at + 1) * pages) / shares)},0)'::tid`
  })
  return Array.from({ length: shares }, (_, at) => {
    const from = at === 0 ? [] : [`ctid >= ${bounds[at - 1]}`]
    const below = at === shares - 1 ? [] : [`ctid < ${bounds[at]}`]
    return [...from, ...below].join(' AND ')
  })
}

/** By the first column of the key, where that is a whole number; the planner tells where the rows are. */
async function keyRanges(
  session: Session,
  { relation, columns, key }: SourceTable,
  shares: number,
): Promise<readonly string[]> {
  const column = columns.find(({ name }) => name === key[0])
  if (column?.type.kind !== 'integer') return ['']
  const name = sql.identifier(column.name)
  const table = sql.relation(relation)
  const [row] = await readAll(
    session,
    `SELECT min(${name})::bigint::text, max(${name})::bigint::text FROM ${table}`,
  )
  const [least, greatest] = row ?? []
  if (typeof least !== 'string') return ['']
  const span = { from: BigInt(least), to: BigInt(String(greatest)) + 1n }
  return await rangesOfNumbers(name, span, shares, async ({ from, to }) => {
    const condition = `${name} >= ${from} AND ${name} < ${to}`
    const lines = await readAll(session, `EXPLAIN SELECT FROM ${table} WHERE ${condition}`)
    return Number(/ rows=(\d+) /.exec(String(lines[0]?.[0]))?.[1] ?? 0)
  })
}

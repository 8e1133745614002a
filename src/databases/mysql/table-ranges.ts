import type { Session } from '../dialect.ts'
import { rangesOfNumbers } from '../number-ranges.ts'
import { readAll } from '../read-all.ts'
import type { SourceTable } from '../source.ts'
import { isTable } from './introspect.ts'
import { sql } from './sql.ts'

/** Smaller shares are not worth a connection. */
const LEAST_BYTES = 4_194_304
/**
 * Cuts a table by the first column of its key, where that is a whole number. MySQL keeps a table in
 * the order of its primary key, so a share is read from the disk in one piece. How many rows there are
 * between two values is asked of the planner, who looks at the index alone: gaps in the numbers do no
 * harm.
 */
export async function tableRanges(
  session: Session,
  { relation, columns, key }: SourceTable,
  count: number,
): Promise<readonly string[]> {
  const column = columns.find(({ name }) => name === key[0])
  const [[bytes] = []] = await readAll(
    session,
    `SELECT coalesce(data_length, 0) FROM information_schema.tables WHERE ${isTable(relation)}`,
  )
  const shares = Math.min(count, Math.floor(Number(bytes ?? 0) / LEAST_BYTES))
  const isWhole = column?.type.kind === 'integer' && !column.native.startsWith('bit')
  if (column === undefined || !isWhole || shares < 2) return ['']
  const name = sql.identifier(column.name)
  const table = sql.relation(relation)
  const [[least, greatest] = []] = await readAll(
    session,
    `SELECT min(${name}), max(${name}) FROM ${table}`,
  )
  if (typeof least !== 'number' && typeof least !== 'bigint') return ['']
  const span = { from: BigInt(least), to: BigInt(String(greatest)) + 1n }
  return await rangesOfNumbers(name, span, shares, async ({ from, to }) => {
    const found = await session.query(
      `EXPLAIN SELECT 1 FROM ${table} WHERE ${name} >= ${from} AND ${name} < ${to}`,
    )
    const at = found.columns.findIndex(one => one.name.toLowerCase() === 'rows')
    let rows = 0
    for await (const batch of found.batches) for (const row of batch) rows += Number(row[at] ?? 0)
    return rows
  })
}

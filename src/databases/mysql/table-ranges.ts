import type { Session } from '../dialect.ts'
import { readAll } from '../read-all.ts'
import type { SourceTable } from '../source.ts'
import { isTable } from './introspect.ts'
import { sql } from './sql.ts'

/** Smaller shares are not worth a connection. */
const LEAST_BYTES = 4_194_304
/** Slices that are estimated, for each share that is wanted. */
const SLICES_A_SHARE = 8
/** A slice is cut in two so often at most. */
const MOST_CUTS = 200

/** Values of the key from `from` on, below `to`, and how many rows the planner believes that they have. */
interface Slice {
  readonly from: bigint
  readonly to: bigint
  readonly rows: number
}

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
  const estimate = async (from: bigint, to: bigint): Promise<Slice> => {
    const found = await session.query(
      `EXPLAIN SELECT 1 FROM ${table} WHERE ${name} >= ${from} AND ${name} < ${to}`,
    )
    const at = found.columns.findIndex(one => one.name.toLowerCase() === 'rows')
    let rows = 0
    for await (const batch of found.batches) for (const row of batch) rows += Number(row[at] ?? 0)
    return { from, to, rows }
  }
  const span = { from: BigInt(least), to: BigInt(String(greatest)) + 1n }
  const bounds = cutEvenly(await slicesOf(span, shares, estimate), shares)
  return Array.from({ length: bounds.length + 1 }, (_, at) => {
    const from = at === 0 ? [] : [`${name} >= ${bounds[at - 1]}`]
    const below = at === bounds.length ? [] : [`${name} < ${bounds[at]}`]
    return [...from, ...below].join(' AND ')
  })
}

/** Slices of the span, in order; those that hold many rows are cut until they do not. */
async function slicesOf(
  { from, to }: Pick<Slice, 'from' | 'to'>,
  shares: number,
  estimate: (from: bigint, to: bigint) => Promise<Slice>,
): Promise<readonly Slice[]> {
  const number = BigInt(shares * SLICES_A_SHARE)
  const edges = Array.from({ length: Number(number) + 1 }, (_, at) => {
    return from + ((to - from) * BigInt(at)) / number
  })
  const slices: Slice[] = []
  for (const [at, edge] of edges.slice(1).entries()) {
    const before = edges[at] ?? from
    if (edge > before) slices.push(await estimate(before, edge))
  }
  for (let cuts = 0; cuts < MOST_CUTS; cuts += 1) {
    const total = slices.reduce((sum, slice) => sum + slice.rows, 0)
    const most = (2 * total) / (shares * SLICES_A_SHARE)
    const at = slices.findIndex(slice => slice.rows > most && slice.to - slice.from > 1n)
    const slice = slices[at]
    if (slice === undefined) break
    const middle = (slice.from + slice.to) / 2n
    slices.splice(at, 1, await estimate(slice.from, middle), await estimate(middle, slice.to))
  }
  return slices
}

/** Bounds between slices such that each share has about the same number of rows. */
function cutEvenly(slices: readonly Slice[], shares: number): readonly bigint[] {
  const total = slices.reduce((sum, { rows }) => sum + rows, 0)
  const bounds: bigint[] = []
  let before = 0
  for (const { from, rows } of slices) {
    const isNext = before >= (total * (bounds.length + 1)) / shares
    if (isNext && bounds.length + 1 < shares) bounds.push(from)
    before += rows
  }
  return bounds
}

/** Slices that are estimated, for each share that is wanted. */
const SLICES_A_SHARE = 8
/** A slice is cut in two so often at most. */
const MOST_CUTS = 200

/** Values of a whole number from `from` on, below `to`. */
interface Span {
  readonly from: bigint
  readonly to: bigint
}

interface Slice extends Span {
  /** How many the planner believes that there are. */
  readonly rows: number
}

/** Rows whose number is in a span, as the planner believes, who looks at an index or statistics alone. */
export type EstimateRows = (span: Span) => Promise<number>

/**
 * Conditions that cut rows by a column of whole numbers into so many shares of like size; each row
 * fulfils exactly one of them. `column` is as SQL has it. Gaps in the numbers do no harm.
 */
export async function rangesOfNumbers(
  column: string,
  span: Span,
  shares: number,
  estimate: EstimateRows,
): Promise<readonly string[]> {
  const bounds = cutEvenly(await slicesOf(span, shares, estimate), shares)
  return Array.from({ length: bounds.length + 1 }, (_, at) => {
    const from = at === 0 ? [] : [`${column} >= ${bounds[at - 1]}`]
    const below = at === bounds.length ? [] : [`${column} < ${bounds[at]}`]
    return [...from, ...below].join(' AND ')
  })
}

/** Slices of the span, in order; those that hold many rows are cut until they do not. */
async function slicesOf(
  { from, to }: Span,
  shares: number,
  estimate: EstimateRows,
): Promise<readonly Slice[]> {
  const sliceOf = async (span: Span): Promise<Slice> => ({ ...span, rows: await estimate(span) })
  const number = BigInt(shares * SLICES_A_SHARE)
  const edges = Array.from({ length: Number(number) + 1 }, (_, at) => {
    return from + ((to - from) * BigInt(at)) / number
  })
  const slices: Slice[] = []
  for (const [at, edge] of edges.slice(1).entries()) {
    const before = edges[at] ?? from
    if (edge > before) slices.push(await sliceOf({ from: before, to: edge }))
  }
  for (let cuts = 0; cuts < MOST_CUTS; cuts += 1) {
    const total = slices.reduce((sum, slice) => sum + slice.rows, 0)
    const most = (2 * total) / (shares * SLICES_A_SHARE)
    const at = slices.findIndex(slice => slice.rows > most && slice.to - slice.from > 1n)
    const slice = slices[at]
    if (slice === undefined) break
    const middle = (slice.from + slice.to) / 2n
    const below = await sliceOf({ from: slice.from, to: middle })
    slices.splice(at, 1, below, await sliceOf({ from: middle, to: slice.to }))
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

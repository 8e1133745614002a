import type { Relation, Session } from '../../databases/dialect.ts'
import type {
  ChecksumKind,
  ComparedColumn,
  FingerprintWriter,
  Key,
  KeyRange,
} from '../../databases/fingerprint.ts'
import { readTexts } from '../../databases/read-texts.ts'
import type { Field } from '../../formats/csv.ts'

/** One of two tables that are compared. */
export interface TableSide {
  readonly title: string
  /** In a transaction that the writer's `beginReading` began. */
  readonly session: Session
  readonly writer: FingerprintWriter
  readonly identifier: (name: string) => string
  readonly relation: Relation
  /** In the same order on both sides. */
  readonly columns: readonly ComparedColumn[]
  readonly key: readonly ComparedColumn[]
  readonly where: readonly string[]
}

export interface TwoTables {
  readonly source: TableSide
  readonly target: TableSide
  readonly kind: ChecksumKind
}

/** Count and sum of the checksums of some rows. */
export interface RowSum {
  readonly rows: number
  readonly checksum: bigint
}

export const NO_ROWS: RowSum = { rows: 0, checksum: 0n }

/** Sums by bucket; those that have no rows are left out. */
export async function readSums(
  side: TableSide,
  kind: ChecksumKind,
  cut: { readonly ranges: readonly KeyRange[]; readonly bounds: readonly Key[] },
): Promise<ReadonlyMap<number, RowSum>> {
  const { session, writer, ...query } = side
  const sums = new Map<number, RowSum>()
  for await (const rows of readTexts(session, writer.fingerprints({ ...query, ...cut, kind }))) {
    for (const [bucket, count, checksum] of rows) {
      sums.set(Number(bucket), { rows: Number(count), checksum: BigInt(checksum ?? '0') })
    }
  }
  return sums
}

/** A row as a comparison sees it. */
export interface SeenRow {
  readonly key: readonly Field[]
  readonly checksum: bigint
  /** What the `also` expressions said. */
  readonly also: readonly Field[]
}

export async function* readRows(
  side: TableSide,
  kind: ChecksumKind,
  wanted: {
    readonly ranges: readonly KeyRange[]
    readonly also?: readonly string[]
    readonly most?: number
  },
): AsyncGenerator<SeenRow, void> {
  const { session, writer, ...query } = side
  const { ranges, also = [], most } = wanted
  const keys = side.key.length
  const statement = writer.rows({ ...query, kind, ranges, also, most })
  for await (const rows of readTexts(session, statement)) {
    for (const row of rows) {
      const checksum = BigInt(row[keys] ?? '0')
      yield { key: row.slice(0, keys), checksum, also: row.slice(keys + 1) }
    }
  }
}

export interface Cut {
  /** Which of the bounds it lies between. */
  readonly bucket: number
  readonly key: Key
}

/** Every n-th key of some ranges, ascending. Keys with a NULL in them are no bounds, and left out. */
export async function readCuts(
  side: TableSide,
  wanted: {
    readonly ranges: readonly KeyRange[]
    readonly bounds: readonly Key[]
    readonly every: number
  },
): Promise<readonly Cut[]> {
  const { session, writer, ...query } = side
  const cuts: Cut[] = []
  for await (const rows of readTexts(session, writer.cuts({ ...query, ...wanted }))) {
    for (const [bucket, ...row] of rows) {
      const key = row.filter(text => text !== null)
      if (key.length === side.key.length) cuts.push({ bucket: Number(bucket), key })
    }
  }
  return cuts
}

/** The least and the greatest value of a key's first column; undefined when there are no rows. */
export async function readSpan(side: TableSide): Promise<readonly [string, string] | undefined> {
  const { session, writer, ...query } = side
  let span: readonly [string, string] | undefined
  // Read to its end: a query that is broken off takes its transaction with it.
  for await (const rows of readTexts(session, writer.span(query))) {
    for (const [least, greatest] of rows) {
      if (typeof least === 'string' && typeof greatest === 'string') span = [least, greatest]
    }
  }
  return span
}

/** Does the same on both sides at once; when one fails, the other has ended too before that is told. */
export async function onBoth<Result>(
  { source, target }: Pick<TwoTables, 'source' | 'target'>,
  work: (side: TableSide) => Promise<Result>,
): Promise<readonly [Result, Result]> {
  const [one, other] = await Promise.allSettled([work(source), work(target)])
  if (one.status === 'rejected') throw one.reason
  if (other.status === 'rejected') throw other.reason
  return [one.value, other.value]
}

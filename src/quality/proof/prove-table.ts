import type { RangeFingerprints } from '../../formats/range-fingerprints.ts'
import { agreedForm } from '../compare/agreed-form.ts'
import { examineRanges } from '../compare/compare-tables.ts'
import type { DifferentRow } from '../compare/different-rows.ts'
import { edgesOf, isUnequal, type RangePair, rangesBetween } from '../compare/narrow-ranges.ts'
import {
  type ComparisonRequest,
  type OpenComparison,
  openComparison,
  openTable,
  type TablePlace,
} from '../compare/open-comparison.ts'
import { NO_ROWS, onBoth, readSums, type TableSide } from '../compare/table-side.ts'
import { tellApart } from './tell-apart.ts'

export interface ProofRequest {
  readonly fingerprints: RangeFingerprints
  readonly source: TablePlace
  readonly target: TablePlace
  /** The source's column of the last change. */
  readonly updatedAt: string | undefined
}

export interface Proof {
  /** Of the ranges that were looked at, when the table was mirrored. */
  readonly rows: { readonly source: number; readonly target: number }
  readonly share: number
  readonly lost: readonly DifferentRow[]
  readonly changedSince: readonly DifferentRow[]
  /** Some of `lost` may have changed since: the sums do not tell. */
  readonly isProven: boolean
  readonly moved: number
  /** What a repair goes by; undefined when there is nothing to repair. */
  readonly examined: ComparisonRequest | undefined
}

/** Rows that differ are held in memory: of so many in one range, no more are told. */
const MOST_ROWS = 100_000

/**
 * Holds a warehouse's table against the fingerprints that were taken when its source was mirrored. The
 * source is asked again only about ranges that differ. Undefined when the fingerprints are of columns
 * that the table does not have in that form: then only the source itself can tell.
 */
export async function proveTable(request: ProofRequest): Promise<Proof | undefined> {
  const { fingerprints } = request
  const pairs = await pairsOf(request)
  if (pairs === undefined) return undefined
  const proof: Proof = {
    rows: {
      source: pairs.reduce((total, pair) => total + pair.source.rows, 0),
      target: pairs.reduce((total, pair) => total + pair.target.rows, 0),
    },
    share: fingerprints.ranges.length / fingerprints.rangesOfAll,
    lost: [],
    changedSince: [],
    isProven: true,
    moved: 0,
    examined: undefined,
  }
  const unequal = pairs.filter(isUnequal)
  if (unequal.length === 0) return proof
  if (fingerprints.key.length === 0) return undefined
  return { ...proof, ...(await lookAgain(request, unequal)) }
}

/** Sums of the night's ranges: of the source as it was, of the warehouse as it is. */
async function pairsOf({
  fingerprints,
  target,
}: ProofRequest): Promise<readonly RangePair[] | undefined> {
  const opened = await openTable(target)
  await using session = opened.session
  const columns = fingerprints.columns.map(({ column, form }) => {
    const name = column.name.toLowerCase()
    const found = opened.columns.find(one => one.name.toLowerCase() === name)
    if (found?.type === undefined) return undefined
    const agreed = agreedForm(column.type, found.type)
    if (JSON.stringify(agreed) !== JSON.stringify(form)) return undefined
    const { native, type } = found
    return { column: { name: found.name, native, type, nullable: true }, form }
  })
  if (!columns.every(column => column !== undefined)) return undefined
  const key = fingerprints.key.map(name =>
    columns.find(({ column }) => column.name.toLowerCase() === name.toLowerCase()),
  )
  if (!key.every(column => column !== undefined)) return undefined
  const { title, writer, identifier, relation, where } = opened
  const side: TableSide = { title, session, writer, identifier, relation, where, columns, key }
  const { ranges, rangesOfAll } = fingerprints
  const bounds = edgesOf(ranges)
  const whole = { from: ranges[0]?.from ?? null, to: ranges.at(-1)?.to ?? null }
  const within = ranges.length === rangesOfAll ? [] : [whole]
  const sums = await readSums(side, 'common', { ranges: within, bounds })
  const buckets = rangesBetween(bounds).map(range => JSON.stringify(range))
  return ranges.map(({ from, to, rows, checksum }) => ({
    range: { from, to },
    source: { rows, checksum: BigInt(checksum) },
    target: sums.get(buckets.indexOf(JSON.stringify({ from, to }))) ?? NO_ROWS,
  }))
}

type Second = Pick<Proof, 'lost' | 'changedSince' | 'isProven' | 'moved' | 'examined'>

/** Finds the rows of ranges that differ, and tells those that changed since from those that are lost. */
async function lookAgain(request: ProofRequest, unequal: readonly RangePair[]): Promise<Second> {
  const examined = comparisonOf(request)
  await using opened = await openComparison(examined)
  const { tables } = opened
  const ranges = unequal.map(pair => pair.range)
  const bounds = edgesOf(ranges)
  const buckets = rangesBetween(bounds).map(range => JSON.stringify(range))
  const [source, target] = await onBoth(tables, side =>
    readSums(side, 'common', { ranges, bounds }),
  )
  const also = sinceExpression(request, opened)
  const lost: DifferentRow[] = []
  const changedSince: DifferentRow[] = []
  let isProven = true
  let moved = 0
  for (const then of unequal) {
    const bucket = buckets.indexOf(JSON.stringify(then.range))
    const now = {
      range: then.range,
      source: source.get(bucket) ?? NO_ROWS,
      target: target.get(bucket) ?? NO_ROWS,
    }
    const rows: DifferentRow[] = []
    const room = (): number => MOST_ROWS - lost.length - changedSince.length - rows.length
    const onRow = (row: DifferentRow): void => void (room() > 0 && rows.push(row))
    const found = isUnequal(now)
      ? await examineRanges({ ...tables, kind: 'common' }, [now], { onRow, room, also })
      : { moved: 0 }
    const told = tellApart(then, rows, {
      isSince: row => row.also[0] === 'since',
      stampOf: row => row.also[1] ?? '',
    })
    lost.push(...told.lost)
    changedSince.push(...told.changedSince)
    isProven &&= told.isProven
    moved += found.moved
  }
  return { lost, changedSince, isProven, moved, examined }
}

function comparisonOf({ fingerprints, source, target }: ProofRequest): ComparisonRequest {
  const only = fingerprints.columns.map(({ column }) => column.name)
  return { source, target, common: true, choice: { key: fingerprints.key, only, ignored: [] } }
}

/**
 * Says `since` of a row whose time stamp is not below the moment at which the table was mirrored; and
 * the time stamp.
 */
function sinceExpression(
  { fingerprints, updatedAt }: ProofRequest,
  { tables: { source } }: OpenComparison,
): readonly string[] {
  const column = source.columns.find(one => one.column.name === updatedAt)
  if (column?.column.type.kind !== 'timestamp') return []
  const [, date = '', time = ''] = /^(\S+)[T ](\S+?)Z?$/.exec(fingerprints.takenAt) ?? []
  const text = `${date} ${time}${column.column.type.zone ? '+00' : ''}`
  const literal = source.writer.literal({ ...column, form: column.column.type }, text)
  const since = `CASE WHEN ${source.identifier(column.column.name)} >= ${literal} THEN 'since' END`
  return [since, source.writer.text({ ...column, form: column.column.type })]
}

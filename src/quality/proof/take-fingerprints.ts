import { join } from 'node:path'
import { writeFileAtomically } from '../../core/atomic-write.ts'
import type { Session } from '../../databases/dialect.ts'
import type { TypeMap } from '../../databases/engine.ts'
import type { ComparedColumn, FingerprintWriter, Key } from '../../databases/fingerprint.ts'
import type { SourceTable } from '../../databases/source.ts'
import { fingerprintsPath, type RangeFingerprints } from '../../formats/range-fingerprints.ts'
import { FerryError } from '../../core/errors.ts'
import { agreedForm } from '../compare/agreed-form.ts'
import { edgesOf, rangesBetween } from '../compare/narrow-ranges.ts'
import { NO_ROWS, readSums, type TableSide } from '../compare/table-side.ts'
import { isSkewed, keyBounds } from './key-bounds.ts'
import {
  firstOfNight,
  keepRotation,
  type NightRanges,
  type Rotation,
  rangesOfNight,
  readRotation,
} from './rotation.ts'
import { type ProofSettings, shareOfNight } from './share.ts'

/** A table that was just read, in the snapshot in which it was. */
export interface TakenTable {
  readonly projectDirectory: string
  readonly source: string
  readonly table: string
  /** The logical date. */
  readonly date: string
  readonly takenAt: string
  /** A reader of the snapshot. */
  readonly session: Session
  readonly writer: FingerprintWriter
  readonly identifier: (name: string) => string
  readonly described: SourceTable
  /** Names of those that were read. */
  readonly columns: readonly string[]
  readonly key: readonly string[]
  /** Conditions that every row of the mirrored table fulfils; not those of the increment. */
  readonly where: readonly string[]
  /** Of the warehouse that will hold the rows. */
  readonly types: TypeMap
  /** Rows that were read, and how long it took. */
  readonly rows: number
  readonly readingMs: number
  readonly settings: ProofSettings
}

/**
 * Takes the fingerprints of a table's ranges, or of some of them, and writes them beside its manifest.
 * To be called before the snapshot ends.
 */
export async function takeFingerprints(taken: TakenTable): Promise<RangeFingerprints> {
  const { projectDirectory, date, settings, readingMs, session, writer, identifier, where } = taken
  const name = `${taken.source}.${taken.table}`
  const columns = comparedColumns(taken)
  const key = taken.key.flatMap(one => columns.find(({ column }) => column.name === one) ?? [])
  if (key.length !== taken.key.length) {
    throw new FerryError(
      'UNSUPPORTED',
      `the key of \`${name}\` has a column that cannot be compared`,
    )
  }
  const { relation } = taken.described
  const side: TableSide = {
    title: name,
    session,
    writer,
    identifier,
    relation,
    columns,
    key,
    where,
  }
  const began = performance.now()
  const kept = await readRotation(projectDirectory, name)
  const rows = Math.max(taken.described.estimatedRows, taken.rows)
  const share = shareOfNight(settings, { rows, readingMs, rowsPerMs: kept?.rowsPerMs })
  const first = firstOfNight(kept, { date, key: taken.key })
  const summed = await sumNight(side, kept, { rows, share, first, above: settings.above })
  const { night, ranges } = summed
  const elapsedMs = performance.now() - began
  const fingerprints: RangeFingerprints = {
    version: 1,
    source: taken.source,
    table: taken.table,
    date,
    takenAt: taken.takenAt,
    columns: columns.map(({ column, form }) => ({ column, form })),
    key: [...taken.key],
    rangesOfAll: night.of,
    ranges,
    elapsedMs,
  }
  const path = join(projectDirectory, fingerprintsPath(date, name))
  await writeFileAtomically(path, `${JSON.stringify(fingerprints)}\n`)
  const rowsPerMs = measured(summed) ?? kept?.rowsPerMs
  await keepRotation(projectDirectory, name, {
    version: 1,
    key: [...taken.key],
    bounds: summed.bounds.map(bound => [...bound]),
    date,
    first,
    count: night.ranges.length,
    isSkewed: summed.isSkewed,
    ...(rowsPerMs === undefined ? {} : { rowsPerMs }),
  })
  return fingerprints
}

interface SummedNight {
  readonly bounds: readonly Key[]
  readonly night: NightRanges
  readonly ranges: RangeFingerprints['ranges']
  readonly isSkewed: boolean
  /** How long the sums took. */
  readonly ms: number
}

interface NightPlan {
  readonly rows: number
  readonly share: number
  readonly first: number
  readonly above: number
}

/** Cuts the table, or takes up where its rotation is, and sums up the ranges of the night. */
async function sumNight(
  side: TableSide,
  kept: Rotation | undefined,
  plan: NightPlan,
): Promise<SummedNight> {
  const sum = async (bounds: readonly Key[], wasSkewed: boolean): Promise<SummedNight> => {
    const night = rangesOfNight(bounds, plan.first, plan.share)
    const began = performance.now()
    const ranges = await sumsOf(side, night)
    const ms = performance.now() - began
    return { bounds, night, ranges, ms, isSkewed: wasSkewed || isSkewed(ranges) }
  }
  if (plan.first > 0 && kept !== undefined) return await sum(kept.bounds, kept.isSkewed)
  const byCounting = kept?.isSkewed ?? false
  const summed = await sum(await boundsOf(side, { ...plan, byCounting }), byCounting)
  if (byCounting || !summed.isSkewed || plan.rows > plan.above) return summed
  // Of a table that is not large it is worth doing over at once: small ranges tell rows apart better.
  return await sum(await boundsOf(side, { ...plan, byCounting: true }), true)
}

/** Below that, it is the way to the server that is measured. */
const TELLING_MS = 50

function measured({ ranges, ms }: SummedNight): number | undefined {
  const rows = ranges.reduce((total, range) => total + range.rows, 0)
  return ms < TELLING_MS || rows === 0 ? undefined : rows / ms
}

/** What the warehouse will not be able to write in the same way is left out; telling so is its part. */
function comparedColumns({ described, columns, types, writer }: TakenTable): ComparedColumn[] {
  return described.columns.flatMap(column => {
    if (!columns.includes(column.name)) return []
    const stored = types.read(types.write(column.type))
    const form = stored === undefined ? undefined : agreedForm(column.type, stored)
    if (form === undefined) return []
    try {
      writer.text({ column, form })
      return [{ column, form }]
    } catch (error) {
      if (error instanceof FerryError && error.code === 'UNSUPPORTED') return []
      throw error
    }
  })
}

/** A table that is not large, or that has no key, is cut only where that costs little. */
async function boundsOf(
  side: TableSide,
  cut: { readonly rows: number; readonly above: number; readonly byCounting: boolean },
): Promise<readonly Key[]> {
  const [first] = side.key
  const isCheap = ['integer', 'uuid'].includes(first?.column.type.kind ?? '')
  return cut.rows > cut.above || isCheap ? await keyBounds(side, cut) : []
}

async function sumsOf(
  side: TableSide,
  { ranges, of }: NightRanges,
): Promise<RangeFingerprints['ranges']> {
  const bounds = edgesOf(ranges)
  const [from, to] = [ranges[0]?.from ?? null, ranges.at(-1)?.to ?? null]
  const within = ranges.length === of ? [] : [{ from, to }]
  const sums = await readSums(side, 'common', { ranges: within, bounds })
  return rangesBetween(bounds).flatMap((range, bucket) => {
    const isOutside = (bucket === 0 && from !== null) || (bucket === bounds.length && to !== null)
    if (isOutside) return []
    const { rows, checksum } = sums.get(bucket) ?? NO_ROWS
    const [low, high] = [range.from, range.to].map(end => (end === null ? null : [...end]))
    return [{ from: low ?? null, to: high ?? null, rows, checksum: String(checksum) }]
  })
}

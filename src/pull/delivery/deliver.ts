import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileAtomically } from '../../core/atomic-write.ts'
import { FerryError } from '../../core/errors.ts'
import { type Counts, writeCounts } from '../../formats/counts.ts'
import { csvLine } from '../../formats/csv.ts'
import { type TableManifest, tableManifestLines } from '../../formats/table-manifest.ts'
import type { JsonRecord } from '../json/parse-json.ts'
import type { Landing } from '../rows/landing.ts'
import { type Account, encodeRows } from './encode-rows.ts'
import { Rejects } from './rejects.ts'
import { type PartsTarget, sweepParts, writeParts } from './write-parts.ts'

export interface Delivery {
  readonly source: string
  readonly table: string
  readonly key: readonly string[]
  readonly date: string
  readonly mode: 'full' | 'incremental' | 'append'
  readonly rows: 'all' | 'changes'
  readonly from: string | null
  readonly isText: boolean
  readonly maxRejected: RejectLimit
  /** When reading began. */
  readonly takenAt: Date
  /** Told of each row; `to` is asked for after the last. */
  readonly edge: EdgeWatch
}

/** A share of all rows, or so many. */
export type RejectLimit = { readonly share: number } | { readonly rows: number }

export interface EdgeWatch {
  readonly observe: (members: JsonRecord) => void
  readonly to: () => string | null
}

export interface DeliveryPlace {
  readonly project: string
  readonly parts: PartsTarget
}

export interface Delivered {
  readonly name: string
  readonly account: Account
  readonly to: string | null
}

export const manifestPath = (project: string, date: string, name: string): string =>
  join(project, 'intermediate', date, 'pull', name)

/**
 * Writes what has landed: parts, counts, and last the table's manifest, atomically; then removes what
 * earlier attempts left. Whoever finds the manifest finds all of it.
 * @throws FerryError DATA_INVALID (more rows rejected than may be: no manifest then, and the rejected
 * rows stay to be looked at)
 */
export async function deliver(
  landing: Landing,
  delivery: Delivery,
  place: DeliveryPlace,
): Promise<Delivered> {
  const { source, table, date, key, isText, edge } = delivery
  const name = `${source}.${table}`
  const path = manifestPath(place.project, date, name)
  const columns = landing.schema.columns()
  const account: Account = { in: landing.rows, out: 0, filtered: 0, rejected: 0 }
  await using rejects = new Rejects(`${path}.rejected.jsonl`)
  await rm(rejects.path, { force: true })
  const rows = encodeRows(landing, account, {
    columns,
    isText,
    onRow: edge.observe,
    onReject: (reason, row) => rejects.add(reason, row),
    signal: place.parts.signal,
  })
  const header = csvLine(
    columns.map(column => column.name),
    ',',
  )
  const parts = await writeParts(header, rows, place.parts)
  await rejects.commit()
  assertAdmissible(account, delivery.maxRejected, rejects)
  const to = edge.to()
  const manifest: TableManifest = {
    parts,
    table: { source, name: table, columns: columns.map(column => column.described), key: [...key] },
    delivery: {
      date,
      mode: delivery.mode,
      rows: delivery.rows,
      from: delivery.from,
      to,
      snapshot: null,
      takenAt: delivery.takenAt.toISOString(),
    },
    files: { format: 'csv', compression: place.parts.compression },
  }
  await keepCounts(place.project, { name, source, date, account })
  await writeFileAtomically(path, [...tableManifestLines(manifest)].join(''))
  await sweepParts(place.parts, parts)
  return { name, account, to }
}

function assertAdmissible(account: Account, limit: RejectLimit, rejects: Rejects): void {
  const { in: all, out, filtered, rejected } = account
  if (all !== out + filtered + rejected) {
    throw new FerryError(
      'BUG',
      `${all} rows came in, and ${out + filtered + rejected} are accounted for`,
    )
  }
  const most = 'share' in limit ? limit.share * all : limit.rows
  if (rejected <= most) return
  throw new FerryError(
    'DATA_INVALID',
    `${rejected} of ${all} rows were rejected: ${rejects.first ?? ''}`,
    {
      hint: `they are in ${rejects.path}; max_rejected in ferry.yaml says how many there may be`,
    },
  )
}

async function keepCounts(
  project: string,
  { name, source, date, account }: Pick<Counts, 'name' | 'source' | 'date'> & { account: Account },
): Promise<void> {
  const counts: Counts = {
    version: 1,
    step: 'pull',
    name,
    source,
    date,
    rows: { ...account },
    finishedAt: new Date().toISOString(),
  }
  await writeCounts(project, counts)
}

import * as z from 'zod'
import { FerryError } from '../core/errors.ts'
import { columnType, tableColumn } from './column-type.ts'

/**
 * `intermediate/DATE/mirror/SOURCE.TABLE.fingerprints.json`: what a source's table was, range by range
 * of its key, at the moment at which it was mirrored. `ferry mirror` writes it from the same snapshot
 * that it reads rows from, `ferry compare` holds the warehouse against it after the load, when the
 * source has long gone on.
 */
const key = z.array(z.string()).nullable()

export const rangeFingerprints = z.object({
  version: z.literal(1),
  source: z.string(),
  table: z.string(),
  date: z.string(),
  /** By the clock of the source. */
  takenAt: z.string(),
  /** Columns that the checksums are of, each with the form of its values (databases/fingerprint.ts). */
  columns: z.array(
    z.object({
      column: tableColumn,
      form: z.union([columnType, z.object({ kind: z.literal('number') })]),
    }),
  ),
  /** Names among them; empty when there is no key. */
  key: z.array(z.string()),
  /** The whole of the table is so many ranges, of which these were looked at. */
  rangesOfAll: z.int().min(1),
  /** Disjoint and ascending: keys at or above `from` and below `to`. */
  ranges: z.array(
    z.object({ from: key, to: key, rows: z.int().min(0), checksum: z.string().regex(/^\d+$/) }),
  ),
  elapsedMs: z.number(),
})

export type RangeFingerprints = z.output<typeof rangeFingerprints>

/** Path in a project. */
export const fingerprintsPath = (date: string, name: string): string =>
  `intermediate/${date}/mirror/${name}.fingerprints.json`

/** Reads one; `name` is for the error. @throws FerryError DATA_INVALID */
export function parseRangeFingerprints(text: string, name: string): RangeFingerprints {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new FerryError('DATA_INVALID', `\`${name}\` is not JSON`, { cause: error })
  }
  const read = rangeFingerprints.safeParse(json)
  if (read.success) return read.data
  const [issue] = read.error.issues
  throw new FerryError(
    'DATA_INVALID',
    `\`${name}\` does not hold fingerprints: \`${issue?.path.join('.') ?? ''}\`: ${issue?.message ?? ''}`,
    { cause: read.error },
  )
}

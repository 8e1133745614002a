import { join } from 'node:path'
import * as z from 'zod'
import { readIfPresent, writeFileAtomically } from '../../core/atomic-write.ts'
import type { Key, KeyRange } from '../../databases/fingerprint.ts'
import { rangesBetween } from '../compare/narrow-ranges.ts'

/**
 * `.ferry/compare/SOURCE.TABLE.json`: where a table's rotation is. The bounds stay the same until every
 * range had its night, so that none is skipped, however the table grows; then they are made anew. Who
 * loses the file begins a rotation anew, which costs nothing but time.
 */
const rotation = z.object({
  version: z.literal(1),
  /** Names of the key's columns, which the bounds are of. */
  key: z.array(z.string()),
  bounds: z.array(z.array(z.string())),
  /** The night that looked last, at so many ranges from the first one on. */
  date: z.string(),
  first: z.int().min(0),
  count: z.int().min(0),
  /** Ranges of equal width were seen to hold very unlike numbers of rows. */
  isSkewed: z.boolean().default(false),
  /** How quickly the source made fingerprints, when last measured. */
  rowsPerMs: z.number().positive().optional(),
})

export type Rotation = z.output<typeof rotation>

const pathOf = (directory: string, name: string): string =>
  join(directory, '.ferry/compare', `${name}.json`)

/** Undefined when there is none, or none that can be read. */
export async function readRotation(directory: string, name: string): Promise<Rotation | undefined> {
  const text = await readIfPresent(pathOf(directory, name))
  if (text === undefined) return undefined
  try {
    return rotation.parse(JSON.parse(text))
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return undefined
    throw error
  }
}

export async function keepRotation(directory: string, name: string, kept: Rotation): Promise<void> {
  await writeFileAtomically(pathOf(directory, name), `${JSON.stringify(kept)}\n`)
}

/** The ranges of a night. The whole of them is one round of the rotation, which then has to begin anew. */
export interface NightRanges {
  readonly first: number
  readonly ranges: readonly KeyRange[]
  readonly of: number
}

/**
 * Where tonight begins: where the last night ended, or, of the same night again, where it began. 0 for
 * a rotation that begins.
 */
export function firstOfNight(
  kept: Rotation | undefined,
  night: { readonly date: string; readonly key: readonly string[] },
): number {
  if (kept === undefined || kept.key.join('\0') !== night.key.join('\0')) return 0
  const first = kept.date === night.date ? kept.first : kept.first + kept.count
  return first > kept.bounds.length ? 0 : first
}

/** So many ranges, the first of them first; at least one. */
export function rangesOfNight(bounds: readonly Key[], first: number, share: number): NightRanges {
  const all = rangesBetween(bounds)
  const count = Math.max(1, Math.ceil(all.length * share))
  return { first, ranges: all.slice(first, first + count), of: all.length }
}

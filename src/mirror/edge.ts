import { crc32c } from '@node-rs/crc32'
import * as z from 'zod'
import { crc32cHex } from '../formats/checksum.ts'
import type { TableColumn } from '../formats/column-type.ts'

/**
 * `delivery.from` and `delivery.to` of a table's manifest: how far a warehouse has a table. Opaque to
 * everybody but the mirror; short, as it is a value of the ledger.
 */
const edge = z.object({
  /** When the source was read, by its clock. */
  at: z.string(),
  /**
   * Whatever commits later has a cursor that is not below this: the next increment begins here. Null:
   * nothing is known, and the next one takes all rows.
   */
  low: z.string().nullable(),
  /** The highest cursor that was seen; of numbers, and only where `low` may be far below. */
  max: z.string().nullable().default(null),
  /** Tells one set of columns from another. */
  columns: z.string(),
})

export type Edge = z.output<typeof edge>

export const printEdge = (value: Edge): string => JSON.stringify(value)

/** Undefined for what no mirror wrote: all rows are then taken. */
export function parseEdge(text: string | null): Edge | undefined {
  if (text === null) return undefined
  try {
    const read = edge.safeParse(JSON.parse(text))
    return read.success ? read.data : undefined
  } catch {
    return undefined // not JSON: an edge of another kind
  }
}

/** Eight digits that are others when a name, a type or the order of the columns is another. */
export function columnsDigest(columns: readonly TableColumn[]): string {
  return crc32cHex(crc32c(JSON.stringify(columns.map(({ name, native }) => [name, native]))))
}

export type CursorKind = 'number' | 'time'

/** The edge that reaches back furthest; undefined when one of them knows nothing. */
export function lowestEdge(
  edges: readonly (Edge | undefined)[],
  kind: CursorKind,
): Edge | undefined {
  let lowest: Edge | undefined
  for (const one of edges) {
    if (one?.low === undefined || one.low === null) return undefined
    if (lowest === undefined || isBelow(one.low, lowest.low ?? '', kind)) lowest = one
  }
  return lowest
}

function isBelow(a: string, b: string, kind: CursorKind): boolean {
  if (kind === 'time') return a < b // all of one form
  return Number(a) !== Number(b) ? Number(a) < Number(b) : BigInt(a) < BigInt(b)
}

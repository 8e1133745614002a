import type { StoreCapabilities } from './store.ts'

const MIB = 1_048_576

/** Large enough that a request's own cost is small, small enough that some fit into memory. */
export const DEFAULT_PART_BYTES = 8 * MIB

/** The size of the parts of an object of so many bytes: larger where the count is limited. */
export function partBytesFor(
  size: number,
  { minPartBytes, maxPartBytes, maxParts }: StoreCapabilities,
  wanted: number = DEFAULT_PART_BYTES,
): number {
  const needed = Math.ceil(Math.ceil(size / maxParts) / MIB) * MIB
  return Math.min(maxPartBytes, Math.max(minPartBytes, wanted, needed))
}

const PARTS_OF_ONE_SIZE = 2_000

/**
 * The size of a part of an object whose size is not known: it doubles every 2,000 parts, so that
 * 10,000 parts of 8 MiB and more are 480 GB. (Services that want parts of one size take 16 GB so.)
 */
export function growingPartBytes(
  number: number,
  { minPartBytes, maxPartBytes }: StoreCapabilities,
  wanted: number = DEFAULT_PART_BYTES,
): number {
  const grown = wanted * 2 ** Math.floor((number - 1) / PARTS_OF_ONE_SIZE)
  return Math.min(maxPartBytes, Math.max(minPartBytes, grown))
}

import { createHash } from 'node:crypto'
import { crc32c } from '@node-rs/crc32'
import { type Checksums, checksumsAgree, crc32cHex } from '../formats/checksum.ts'
import { readObject } from '../stores/read-object.ts'
import type { ObjectInfo, ObjectStore } from '../stores/store.ts'

/** One of the two objects that are compared. */
export interface Side {
  readonly store: ObjectStore
  readonly object: ObjectInfo
}

/** Whether two objects have the same content, and what says so. */
export interface Comparison {
  readonly same: boolean
  readonly by: 'size' | 'checksum' | 'content' | 'time' | 'nothing'
}

export interface CompareOptions {
  readonly signal: AbortSignal
  /** Read both where no checksum tells, instead of believing their times. */
  readonly readsContent: boolean
  /** One of them is known to have changed since they were the same: times say nothing then. */
  readonly isKnownChanged: boolean
}

/** Services' clocks differ: a target that is younger by less may be older than the source. */
const CLOCKS_DIFFER_MS = 15 * 60_000

/** Checksums that can be computed here, the cheapest first. */
const COMPUTABLE = ['crc32c', 'md5', 'sha256'] as const
type Computable = (typeof COMPUTABLE)[number]

/**
 * Compares by size first, then by a checksum that both have: from the listing, else asked for, else
 * computed from the file. Two files are read. Where two services have no checksum in common, the
 * target counts as the same if it is clearly younger, which is the one answer that can be wrong;
 * where a file has nothing to be compared with, it counts as changed.
 */
export async function compareObjects(
  source: Side,
  target: Side,
  options: CompareOptions,
): Promise<Comparison> {
  if (source.object.size !== target.object.size) return { same: false, by: 'size' }
  const listed = checksumsAgree(source.object.checksums, target.object.checksums)
  if (listed === true) return { same: true, by: 'checksum' }
  const [one, other] = await Promise.all([
    knownChecksums(source, options.signal),
    knownChecksums(target, options.signal),
  ])
  const known = checksumsAgree(one, other)
  if (known !== undefined) return { same: known, by: 'checksum' }
  const [isLocal, isOtherLocal] = [source, target].map(side => side.store.capabilities.isLocal)
  if (isLocal === true && isOtherLocal === true) return compareContent(source, target, options)
  if (isLocal === true) return compareWithFile(source, other, options)
  if (isOtherLocal === true) return compareWithFile(target, one, options)
  if (options.readsContent) return compareContent(source, target, options)
  if (options.isKnownChanged) return { same: false, by: 'nothing' }
  const youngerMs = target.object.modifiedAt.getTime() - source.object.modifiedAt.getTime()
  return { same: youngerMs >= CLOCKS_DIFFER_MS, by: 'time' }
}

/** A listing may leave checksums out; the object itself has them. */
async function knownChecksums({ store, object }: Side, signal: AbortSignal): Promise<Checksums> {
  if (store.capabilities.isLocal) return {}
  if (COMPUTABLE.some(kind => object.checksums[kind] !== undefined)) return object.checksums
  const info = await store.stat(object.key, { signal })
  return info.etag === object.etag ? info.checksums : {}
}

async function compareWithFile(
  file: Side,
  checksums: Checksums,
  options: CompareOptions,
): Promise<Comparison> {
  const kind = COMPUTABLE.find(one => checksums[one] !== undefined)
  if (kind === undefined) return { same: false, by: 'nothing' }
  const found = await contentChecksum(file, kind, options.signal)
  return { same: found === checksums[kind], by: 'checksum' }
}

async function compareContent(
  source: Side,
  target: Side,
  { signal }: CompareOptions,
): Promise<Comparison> {
  const [one, other] = await Promise.all([
    contentChecksum(source, 'sha256', signal),
    contentChecksum(target, 'sha256', signal),
  ])
  return { same: one === other, by: 'content' }
}

async function contentChecksum(
  { store, object }: Side,
  kind: Computable,
  signal: AbortSignal,
): Promise<string> {
  const bytes = readObject(store, object, { signal, parallel: 1 })
  if (kind === 'crc32c') {
    let crc = 0
    for await (const piece of bytes) crc = crc32c(piece, crc)
    return crc32cHex(crc)
  }
  const hash = createHash(kind)
  for await (const piece of bytes) hash.update(piece)
  return hash.digest('hex')
}

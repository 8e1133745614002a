import { FerryError } from '../../core/errors.ts'
import { randomDigits } from '../../core/temporary-name.ts'
import { COMPRESSED_SUFFIX, type Compression, compress } from '../../formats/compression.ts'
import type { ManifestPart } from '../../formats/manifest.ts'
import { joinObjectUrl, type ObjectUrl, printObjectUrl } from '../../formats/object-url.ts'
import type { ObjectStore } from '../../stores/store.ts'
import { writeObject } from '../../stores/write-object.ts'
import type { EncodedRows } from './encode-rows.ts'

export interface PartsTarget {
  readonly store: ObjectStore
  /** The folder that holds the parts of this table and night, and nothing else. */
  readonly folder: ObjectUrl
  readonly compression: Compression | 'none'
  /** Of CSV before it is compressed: a part is closed when it is so large. */
  readonly partBytes: number
  readonly signal: AbortSignal
}

/** Writes rows as parts, each with a header line, each seen whole or not at all. */
export async function writeParts(
  header: string,
  rows: AsyncGenerator<EncodedRows>,
  target: PartsTarget,
): Promise<readonly ManifestPart[]> {
  const { store, folder, compression, signal } = target
  // Of another attempt's parts none can be taken for one of these.
  const token = randomDigits()
  const suffix = compression === 'none' ? '' : COMPRESSED_SUFFIX[compression]
  const parts: ManifestPart[] = []
  const pending: Pending = { next: await rows.next() }
  try {
    while (pending.next.done !== true) {
      let crc32c = ''
      const taken = { rows: 0 }
      const name = `${String(parts.length + 1).padStart(4, '0')}-${token}.csv${suffix}`
      const url = joinObjectUrl(folder, name)
      const csv = takePart({ header, rows, pending, partBytes: target.partBytes }, taken)
      const bytes = compression === 'none' ? csv : compress(csv, { compression })
      const info = await writeObject(store, url.key, bytes, {
        signal,
        beforeComplete: ({ checksums }) => (crc32c = checksums.crc32c ?? ''),
      })
      parts.push({ url: printObjectUrl(url), bytes: info.size, crc32c, rows: taken.rows })
    }
  } finally {
    await rows.return(undefined)
  }
  return parts
}

interface Pending {
  next: IteratorResult<EncodedRows>
}

interface PartSource {
  readonly header: string
  readonly rows: AsyncGenerator<EncodedRows>
  readonly pending: Pending
  readonly partBytes: number
}

async function* takePart(
  { header, rows, pending, partBytes }: PartSource,
  taken: { rows: number },
): AsyncGenerator<Uint8Array> {
  yield Buffer.from(header)
  for (let size = 0; pending.next.done !== true && size < partBytes; ) {
    const bytes = Buffer.from(pending.next.value.text)
    size += bytes.length
    taken.rows += pending.next.value.rows
    yield bytes
    pending.next = await rows.next()
  }
}

/** Removes what earlier attempts left in the folder. */
export async function sweepParts(
  { store, folder, signal }: PartsTarget,
  keep: readonly ManifestPart[],
): Promise<void> {
  const kept = new Set(keep.map(part => part.url))
  for await (const keys of leftovers(store, folder, { kept, signal })) {
    for (const outcome of await store.remove(keys, { signal })) {
      if (!outcome.removed) throw outcome.error
    }
  }
}

async function* leftovers(
  store: ObjectStore,
  folder: ObjectUrl,
  { kept, signal }: { kept: ReadonlySet<string>; signal: AbortSignal },
): AsyncGenerator<readonly string[]> {
  const most = store.capabilities.maxRemoveKeys
  try {
    for await (const entries of store.list({ prefix: folder.key, signal })) {
      const keys = entries.flatMap(entry => (entry.kind === 'object' ? [entry.object.key] : []))
      const left = keys.filter(key => !kept.has(printObjectUrl({ ...folder, key })))
      for (let at = 0; at < left.length; at += most) yield left.slice(at, at + most)
    }
  } catch (error) {
    // Nothing was ever written there.
    if (!(error instanceof FerryError) || error.code !== 'BUCKET_NOT_FOUND') throw error
  }
}

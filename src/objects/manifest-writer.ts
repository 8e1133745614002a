import { FerryError } from '../core/errors.ts'
import { type ManifestPart, manifestLines } from '../formats/manifest.ts'
import { type ObjectUrl, printObjectUrl } from '../formats/object-url.ts'
import { readObject, RunningChecksums } from '../stores/read-object.ts'
import type { ObjectInfo, ObjectStore } from '../stores/store.ts'
import { writeObject } from '../stores/write-object.ts'
import type { ObjectPlace } from './copy-object.ts'

/** Collects what arrived, and vouches for it at the end. */
export class ManifestWriter {
  readonly #parts: ManifestPart[] = []
  readonly #given: ObjectInfo['metadata']

  /** `metadata` is what is stored with each object: answers to a write do not repeat it. */
  constructor(metadata: ObjectInfo['metadata']) {
    this.#given = metadata
  }

  /** Takes down an object as it is stored; what no checksum is known of is read once more. */
  async add({ store, url }: ObjectPlace, info: ObjectInfo, signal: AbortSignal): Promise<void> {
    const crc32c = info.checksums.crc32c ?? (await readChecksum(store, info, signal))
    const rows = rowsOf({ ...info, metadata: info.metadata ?? this.#given })
    this.#parts.push({ url: printObjectUrl(url), bytes: info.size, crc32c, rows })
  }

  /** Writes the manifest, whole or not at all. */
  async write(store: ObjectStore, url: ObjectUrl, signal: AbortSignal): Promise<ObjectInfo> {
    const contentType = store.capabilities.metadata ? 'application/json' : undefined
    const lines = bytesOf(manifestLines({ parts: this.#parts }))
    return writeObject(store, url.key, lines, { contentType, signal })
  }
}

async function readChecksum(
  store: ObjectStore,
  info: ObjectInfo,
  signal: AbortSignal,
): Promise<string> {
  const sums = new RunningChecksums(info)
  for await (const bytes of readObject(store, info, { signal })) sums.update(bytes)
  return sums.digest().crc32c
}

/** Who writes rows says how many in the object's metadata. */
function rowsOf({ key, metadata }: ObjectInfo): number | undefined {
  const text = metadata?.['rows']
  if (text === undefined) return undefined
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new FerryError(
    'DATA_INVALID',
    `\`${key}\`: its metadata \`rows\` is \`${text}\`, no number`,
  )
}

async function* bytesOf(lines: Iterable<string>): AsyncGenerator<Uint8Array> {
  for (const line of lines) yield Buffer.from(line)
}

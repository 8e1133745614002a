import { createReadStream } from 'node:fs'
import { crc32c } from '@node-rs/crc32'
import type { Logger } from '../core/logger.ts'
import type { LoadFiles, LoadWriter } from '../databases/loading.ts'
import { crc32cHex } from '../formats/checksum.ts'
import type { TableColumn } from '../formats/column-type.ts'
import { manifestLines } from '../formats/manifest.ts'
import { joinObjectUrl, type ObjectUrl, printObjectUrl } from '../formats/object-url.ts'
import { writeObject } from '../stores/write-object.ts'
import type { Delivery } from './delivery.ts'
import type { PartSource } from './open-part.ts'
import type { Sifted } from './sift.ts'
import type { Supply } from './supply.ts'

/** `warehouses.NAME.stage`, and what belongs to it. */
export interface StageSettings {
  /** A folder. */
  readonly url: ObjectUrl
  readonly identity: string | undefined
  readonly region: string | undefined
  readonly slots: number | undefined
}

export interface StageTools {
  readonly source: PartSource
  readonly signal: AbortSignal
  readonly logger: Logger
}

/** How many files a delivery is staged in: a multiple of the slices that read them. */
export function stagedCount(
  { parts }: Pick<Delivery, 'parts'>,
  { advice }: LoadWriter,
  { slots = advice.multipleOf }: StageSettings,
): number {
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0)
  return slots * Math.max(1, Math.ceil(bytes / (slots * advice.partBytes)))
}

/** The files as an engine finds them in the stage, which need not be there yet. */
export function stagedFiles(
  delivery: Pick<Delivery, 'table' | 'id'>,
  columns: readonly TableColumn[],
  sizes: readonly { readonly rows?: number; readonly bytes: number }[],
  { url, identity, region }: StageSettings,
): LoadFiles {
  const folder = joinObjectUrl(url, `ferry-load/${delivery.table}/${delivery.id}/`)
  const at = (name: string): string => printObjectUrl(joinObjectUrl(folder, name))
  return {
    format: 'csv',
    compression: 'gzip',
    columns: columns.map(column => column.name),
    parts: sizes.map(({ rows, bytes }, index) => {
      return { url: at(`part-${String(index).padStart(4, '0')}.csv.gz`), bytes, rows }
    }),
    // By the underscore those who read a whole folder know that it is no part.
    stage: { manifestUrl: at('_manifest'), folderUrl: printObjectUrl(folder), identity, region },
  }
}

/** Time for removing what was staged, also when the load was interrupted. */
const REMOVED_WITHIN_MS = 60_000

/**
 * Brings the files of a delivery to the stage, the manifest last. Disposed of, they are removed; what
 * cannot be removed is told, and fails no load that is done.
 */
export async function stageParts(
  files: LoadFiles,
  { files: kept }: Sifted,
  { source, signal, logger }: StageTools,
): Promise<Supply & AsyncDisposable> {
  const written: ObjectUrl[] = []
  const put = async (text: string, bytes: AsyncIterable<Uint8Array>): Promise<string> => {
    const url = source.locate(text)
    const store = await source.open(url)
    written.push(url)
    let sum = 0
    async function* summed(): AsyncGenerator<Uint8Array> {
      for await (const piece of bytes) {
        sum = crc32c(piece, sum)
        yield piece
      }
    }
    await writeObject(store, url.key, summed(), { signal })
    return crc32cHex(sum)
  }
  const dispose = async (): Promise<void> => {
    const ending = { signal: AbortSignal.timeout(REMOVED_WITHIN_MS) }
    for (const url of written) {
      try {
        const store = await source.open(url)
        const [outcome] = await store.remove([url.key], ending)
        if (outcome?.removed === false) throw outcome.error
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error)
        logger.warn(`\`${printObjectUrl(url)}\` stays in the stage: ${why}`)
      }
    }
  }
  try {
    const parts = []
    for (const [index, part] of files.parts.entries()) {
      const crc32c = await put(part.url, createReadStream(kept[index]?.path ?? ''))
      parts.push({ ...part, crc32c })
    }
    const manifest = [...manifestLines({ parts })].map(line => Buffer.from(line))
    await put(files.stage?.manifestUrl ?? '', toAsync(manifest))
  } catch (error) {
    await dispose()
    throw error
  }
  return {
    files,
    expectedRows: kept.reduce((sum, one) => sum + one.rows, 0),
    fetch: async () => ({ [Symbol.asyncDispose]: async () => {} }),
    rows: () => toAsync([]),
    [Symbol.asyncDispose]: dispose,
  }
}

async function* toAsync(items: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* items
}

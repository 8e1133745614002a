import { mkdir, rm } from 'node:fs/promises'
import { FerryError } from '../core/errors.ts'
import { openAtomicOutput } from '../core/atomic-output.ts'
import { forEachParallel } from '../core/for-each-parallel.ts'
import type { LoadPart } from '../databases/loading.ts'
import type { ManifestPart } from '../formats/manifest.ts'
import type { PartSource } from './open-part.ts'
import { dirname, join } from 'node:path'

const PARALLEL = 4

const SUFFIXES = {
  csv: '.csv',
  jsonl: '.jsonl',
  parquet: '.parquet',
} as const
const PACKED = { gzip: '.gz', zstd: '.zst', none: '' } as const

/** Parts with the paths at which an engine of this machine finds them when they were fetched. */
export function withPaths(
  parts: readonly ManifestPart[],
  source: PartSource,
  to: { readonly folder: string; readonly files: FileForm },
): readonly LoadPart[] {
  const { format, compression } = to.files
  return parts.map((part, index) => {
    const name = `part-${index}${SUFFIXES[format]}${PACKED[compression]}`
    return { ...part, path: source.localPath(part.url) ?? join(to.folder, name) }
  })
}

interface FileForm {
  readonly format: keyof typeof SUFFIXES
  readonly compression: keyof typeof PACKED
}

/**
 * Brings parts to their paths, several at once, and holds each to its manifest; files of this machine
 * stay where they are and are read once. What was brought is gone when the result is disposed of.
 * @throws FerryError MANIFEST_INVALID, OBJECT_NOT_FOUND, LOCAL_IO
 */
export async function fetchParts(
  parts: readonly LoadPart[],
  known: ReadonlyMap<string, ManifestPart>,
  source: PartSource,
): Promise<AsyncDisposable> {
  const brought: string[] = []
  const dispose = async (): Promise<void> => {
    await Promise.all(brought.map(path => rm(path, { force: true })))
  }
  try {
    await forEachParallel(parts, PARALLEL, async ({ url, path }) => {
      const part = known.get(url)
      if (part === undefined || path === undefined)
        throw new FerryError('BUG', `what is \`${url}\`?`)
      if (source.localPath(url) !== undefined) return source.verify(part)
      await mkdir(dirname(path), { recursive: true, mode: 0o700 })
      brought.push(path)
      const output = await openAtomicOutput(path)
      try {
        for await (const bytes of source.bytes(part)) await output.write(bytes)
        await output.commit()
      } finally {
        await output.discard()
      }
    })
  } catch (error) {
    await dispose()
    throw error
  }
  return { [Symbol.asyncDispose]: dispose }
}

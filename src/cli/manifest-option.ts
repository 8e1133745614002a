import { FerryError } from '../core/errors.ts'
import { parseManifest } from '../formats/manifest.ts'
import { printObjectUrl } from '../formats/object-url.ts'
import type { StorageSettings } from '../objects/assert-settings.ts'
import type { CopyObjectsOptions } from '../objects/copy-objects.ts'
import { ManifestCheck } from '../objects/manifest-check.ts'
import { ManifestWriter } from '../objects/manifest-writer.ts'
import { asFerryError } from '../objects/outcome.ts'
import type { OutcomeReport } from '../objects/outcome-report.ts'
import type { StorePool } from '../objects/store-pool.ts'
import { readObject } from '../stores/read-object.ts'
import type { CommandContext } from './command.ts'
import { objectLocation } from './object-location.ts'

interface ManifestInvocation {
  readonly options: { readonly manifest: string | undefined; readonly 'dry-run': boolean }
  readonly context: CommandContext
}

/** What `--manifest` adds to a `put`. */
export interface ManifestOption {
  readonly add: NonNullable<CopyObjectsOptions['onStored']>
  /** Writes the manifest, if all arrived, and reports on it as on any object. */
  write(report: OutcomeReport): Promise<void>
}

/** @throws FerryError USAGE */
export async function manifestOption(
  { options, context }: ManifestInvocation,
  pool: StorePool,
  metadata: StorageSettings['metadata'],
): Promise<ManifestOption | undefined> {
  if (options.manifest === undefined) return undefined
  const { signal } = context
  const url = await objectLocation(options.manifest, context)
  if (url.key === '' || url.key.endsWith('/')) {
    throw new FerryError('USAGE', `--manifest takes the URL of an object, not a folder`)
  }
  const store = await pool.open(url)
  const writer = new ManifestWriter(metadata)
  return {
    add: (place, info) => writer.add(place, info, signal),
    async write(report) {
      const named = { action: 'put', target: printObjectUrl(url) } as const
      if (report.failed > 0) {
        return report.note(`the manifest ${named.target} was not written: not all arrived`)
      }
      if (options['dry-run']) return report.add({ ...named, status: 'planned' })
      try {
        const { size } = await writer.write(store, url, signal)
        report.add({ ...named, status: 'done', bytes: size })
      } catch (error) {
        signal.throwIfAborted()
        report.add({ ...named, status: 'failed', error: asFerryError(error) })
      }
    },
  }
}

/** More than that is no list of parts any more; it is all held in memory. */
const MAX_BYTES = 134_217_728

/** Reads the manifest that `get --manifest` names. @throws FerryError MANIFEST_INVALID */
export async function readManifest(
  text: string,
  context: CommandContext,
  pool: StorePool,
): Promise<ManifestCheck> {
  const url = await objectLocation(text, context)
  const name = printObjectUrl(url)
  const { signal } = context
  const store = await pool.open(url)
  const object = await store.stat(url.key, { signal })
  if (object.size > MAX_BYTES) {
    throw new FerryError('MANIFEST_INVALID', `\`${name}\` is too large to be a manifest`)
  }
  const pieces: Uint8Array[] = []
  for await (const bytes of readObject(store, object, { signal })) pieces.push(bytes)
  return new ManifestCheck(parseManifest(Buffer.concat(pieces).toString(), name), name)
}

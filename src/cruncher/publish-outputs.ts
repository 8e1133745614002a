import { createReadStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from '../core/logger.ts'
import { joinObjectUrl, parseObjectUrl } from '../formats/object-url.ts'
import { openStore } from '../stores/open-store.ts'
import { writeObject } from '../stores/write-object.ts'
import type { OutputFile } from './output/output-files.ts'
import type { CrunchPlan } from './plan.ts'
import type { CrunchReceipt } from './receipt.ts'

export interface PublishOptions {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
  readonly logger: Logger
}

/**
 * Brings what was written to the store that the output is in, and removes it here; where the output is a
 * folder of this machine it is in its place already. @throws FerryError as stores do
 */
export async function publishOutputs(
  files: readonly OutputFile[],
  { outputDirectory, outputUrl }: CrunchPlan,
  { environment, signal, logger }: PublishOptions,
): Promise<CrunchReceipt['outputs']> {
  if (outputUrl !== undefined && outputDirectory !== undefined && files.length > 0) {
    const folder = parseObjectUrl(outputUrl, '/')
    await using store = await openStore(folder, { environment, logger })
    for (const { path } of files) {
      const local = join(outputDirectory, path)
      const { key } = joinObjectUrl(folder, path)
      await writeObject(store, key, createReadStream(local), { signal })
      await rm(local)
    }
  }
  return files.map(({ path, rows, bytes, checksums }) => ({
    path,
    rows,
    bytes,
    checksum: checksums.crc32c ?? '',
  }))
}

/** Where a plan's outputs are: as receipts name it. */
export const outputFolderOf = ({
  outputDirectory,
  outputUrl,
}: Pick<CrunchPlan, 'outputDirectory' | 'outputUrl'>): string | undefined =>
  outputUrl ?? outputDirectory

/**
 * Removes what an earlier version of an input, or another configuration, had written and this one has
 * not: a record would be there twice. @throws FerryError as stores do
 */
export async function removeStale(
  before: CrunchReceipt | undefined,
  outputs: CrunchReceipt['outputs'],
  plan: CrunchPlan,
  { environment, signal, logger }: PublishOptions,
): Promise<void> {
  if (before === undefined || before.outputFolder === undefined) return
  if (before.outputFolder !== outputFolderOf(plan)) return
  const written = new Set(outputs.map(({ path }) => path))
  const stale = before.outputs.map(({ path }) => path).filter(path => !written.has(path))
  if (stale.length === 0) return
  if (plan.outputUrl === undefined) {
    for (const path of stale) await rm(join(before.outputFolder, path), { force: true })
    return
  }
  const folder = parseObjectUrl(plan.outputUrl, '/')
  await using store = await openStore(folder, { environment, logger })
  for (const path of stale) {
    const [outcome] = await store.remove([joinObjectUrl(folder, path).key], { signal })
    if (outcome?.removed === false) throw outcome.error
  }
}

import { glob, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { readIfPresent } from '../core/atomic-write.ts'
import { asLocalIoError, systemErrorCode } from '../core/errors.ts'
import { type Counts, parseCounts } from '../formats/counts.ts'
import type { ModelFailure, ModelReceipt } from '../formats/model-receipt.ts'
import { parseModelRecord } from '../formats/parse-model-record.ts'

/** Nights of a project that left results, up to one of them and that one always, ascending. */
export async function nightsUpTo(
  directory: string,
  date: string,
  most: number,
): Promise<readonly string[]> {
  const folder = join(directory, 'results')
  const names = await readdir(folder).catch((error: unknown) => {
    if (systemErrorCode(error) === 'ENOENT') return []
    throw asLocalIoError(error, folder)
  })
  const before = names.filter(name => /^\d{4}-\d{2}-\d{2}$/.test(name) && name < date)
  return [...before.sort().slice(1 - most), date]
}

/** All that the steps of a night counted, by step and name. @throws FerryError DATA_INVALID, LOCAL_IO */
export async function readNightCounts(directory: string, date: string): Promise<readonly Counts[]> {
  const folder = join(directory, 'results', date, 'counts')
  const counts: Counts[] = []
  for await (const path of glob('*/*.json', { cwd: folder })) {
    const text = await readIfPresent(join(folder, path))
    if (text !== undefined) counts.push(parseCounts(text, `results/${date}/counts/${path}`))
  }
  return counts.sort((a, b) => (a.step + a.name < b.step + b.name ? -1 : 1))
}

/** What became of the models of a night, by name; one that failed after it was published is a failure. */
export async function readNightModels(
  directory: string,
  date: string,
): Promise<readonly (ModelReceipt | ModelFailure)[]> {
  const folder = join(directory, 'results', date, 'models')
  const models = new Map<string, ModelReceipt | ModelFailure>()
  for await (const path of glob('*.json', { cwd: folder })) {
    const model = parseModelRecord((await readIfPresent(join(folder, path))) ?? '')
    if (model === undefined) continue
    if (model.state === 'failed' || !models.has(model.model)) models.set(model.model, model)
  }
  return [...models.values()].sort((a, b) => (a.model < b.model ? -1 : 1))
}

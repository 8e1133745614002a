import { glob } from 'node:fs/promises'
import { join } from 'node:path'
import { readIfPresent } from '../core/atomic-write.ts'
import { FerryError } from '../core/errors.ts'
import { type Counts, parseCounts } from './counts.ts'
import type { ModelFailure, ModelReceipt } from './model-receipt.ts'
import { parseModelRecord } from './parse-model-record.ts'

/**
 * All that the steps of a night counted, by step and name. `onBroken` is told of a file that holds no
 * counts, which is then passed over; it may throw. @throws FerryError LOCAL_IO
 */
export async function readNightCounts(
  project: string,
  date: string,
  onBroken: (error: FerryError) => void,
): Promise<readonly Counts[]> {
  const folder = join(project, 'results', date, 'counts')
  const counts: Counts[] = []
  for await (const path of glob('*/*.json', { cwd: folder })) {
    const text = await readIfPresent(join(folder, path))
    if (text === undefined) continue
    try {
      counts.push(parseCounts(text, `results/${date}/counts/${path}`))
    } catch (error) {
      if (!(error instanceof FerryError)) throw error
      onBroken(error)
    }
  }
  return counts.sort((a, b) => (a.step + a.name < b.step + b.name ? -1 : 1))
}

/** What became of the models of a night, by name; of one that was published and then failed, the failure. */
export async function readNightModels(
  project: string,
  date: string,
): Promise<readonly (ModelReceipt | ModelFailure)[]> {
  const folder = join(project, 'results', date, 'models')
  const models = new Map<string, ModelReceipt | ModelFailure>()
  for await (const path of glob('*.json', { cwd: folder })) {
    const model = parseModelRecord((await readIfPresent(join(folder, path))) ?? '')
    if (model === undefined) continue
    if (model.state === 'failed' || !models.has(model.model)) models.set(model.model, model)
  }
  return [...models.values()].sort((a, b) => (a.model < b.model ? -1 : 1))
}

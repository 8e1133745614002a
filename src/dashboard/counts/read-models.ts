import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ModelFailure, ModelReceipt } from '../../formats/model-receipt.ts'
import { parseModelRecord } from '../../formats/parse-model-record.ts'
import { namesIn } from '../nights/night-files.ts'

/** What became of the models of a night; of one that was published and then failed, the failure. */
export async function readModels(
  project: string,
  date: string,
): Promise<readonly (ModelReceipt | ModelFailure)[]> {
  const folder = join(project, 'results', date, 'models')
  const names = (await namesIn(folder)).filter(name => name.endsWith('.json'))
  const texts = await Promise.all(names.map(name => readFile(join(folder, name), 'utf8')))
  const models = new Map<string, ModelReceipt | ModelFailure>()
  for (const text of texts) {
    const model = parseModelRecord(text)
    if (model === undefined) continue
    if (model.state === 'failed' || !models.has(model.model)) models.set(model.model, model)
  }
  return [...models.values()].sort((a, b) => (a.model < b.model ? -1 : 1))
}

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { asLocalIoError, FerryError, systemErrorCode } from '../core/errors.ts'
import { Turns } from '../core/turns.ts'
import { type Counts, parseCounts, STEPS } from './counts.ts'
import type { ModelFailure, ModelReceipt } from './model-receipt.ts'
import { parseModelRecord } from './parse-model-record.ts'

/** Told of a file that is not what it should be, which is then passed over; may throw. */
type OnBroken = (error: FerryError, file: string) => void

/**
 * All that the steps of a night counted, by step and name: a file for each, read without leaving the thread,
 * in slices. @throws FerryError LOCAL_IO
 */
export async function readNightCounts(
  project: string,
  date: string,
  onBroken: OnBroken,
): Promise<readonly Counts[]> {
  const counts: Counts[] = []
  for (const step of STEPS) {
    for await (const { file, text } of jsonFiles(project, `results/${date}/counts/${step}`)) {
      try {
        counts.push(parseCounts(text, file))
      } catch (error) {
        if (!(error instanceof FerryError)) throw error
        onBroken(error, file)
      }
    }
  }
  return counts.sort((a, b) => (a.step + a.name < b.step + b.name ? -1 : 1))
}

/** What became of the models of a night, by name; of one that was published and then failed, the failure. */
export async function readNightModels(
  project: string,
  date: string,
  onBroken: OnBroken,
): Promise<readonly (ModelReceipt | ModelFailure)[]> {
  const models = new Map<string, ModelReceipt | ModelFailure>()
  for await (const { file, text } of jsonFiles(project, `results/${date}/models`)) {
    const model = parseModelRecord(text)
    if (model === undefined) {
      onBroken(
        new FerryError('DATA_INVALID', `\`${file}\` does not say what became of a model`),
        file,
      )
    } else if (model.state === 'failed' || !models.has(model.model)) models.set(model.model, model)
  }
  return [...models.values()].sort((a, b) => (a.model < b.model ? -1 : 1))
}

/** The `.json` files of a folder with their texts; those that go meanwhile are left out. */
async function* jsonFiles(
  project: string,
  folder: string,
): AsyncGenerator<{ readonly file: string; readonly text: string }> {
  const turns = new Turns()
  const names = unlessGone(folder, () => readdirSync(join(project, folder))) ?? []
  for (const name of names) {
    if (!name.endsWith('.json') || name.startsWith('.')) continue
    if (turns.isOver) await turns.next()
    const file = `${folder}/${name}`
    const text = unlessGone(file, () => readFileSync(join(project, file), 'utf8'))
    if (text !== undefined) yield { file, text }
  }
}

function unlessGone<Result>(path: string, read: () => Result): Result | undefined {
  try {
    return read()
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemErrorCode(error) ?? '')) return undefined
    throw asLocalIoError(error, path)
  }
}

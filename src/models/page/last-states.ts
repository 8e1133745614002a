import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { asLocalIoError, systemErrorCode } from '../../core/errors.ts'
import type { ModelFailure, ModelReceipt } from '../../formats/model-receipt.ts'
import { parseModelRecord } from '../../formats/parse-model-record.ts'

/** What the newest nights say of each model. */
export interface LastState {
  /** The newest receipt of a night that published it. */
  readonly published: ModelReceipt | undefined
  /** Set when a night after that, or the same one later, failed. */
  readonly failed: ModelFailure | undefined
}

/** Nights looked at, from the newest: a monthly model is found, years of folders are not read. */
const NIGHTS = 40

/** Reads the receipts of a project's last nights, by model. */
export async function readLastStates(directory: string): Promise<ReadonlyMap<string, LastState>> {
  const nights = (await namesIn(join(directory, 'results')))
    .filter(name => /^\d{4}-\d{2}-\d{2}$/.test(name))
    .sort()
    .reverse()
    .slice(0, NIGHTS)
  const states = new Map<string, LastState>()
  for (const night of nights) {
    const folder = join(directory, 'results', night, 'models')
    for (const file of await namesIn(folder)) {
      const [, name, failed] = /^([A-Za-z0-9_]+)(\.failed)?\.json$/.exec(file) ?? []
      if (name === undefined) continue
      const known = states.get(name) ?? { published: undefined, failed: undefined }
      if (known.published !== undefined && known.published.date !== night) continue
      const record = await readRecord(join(folder, file))
      if (failed === undefined && record?.state === 'published') {
        states.set(name, { ...known, published: record })
      } else if (record?.state === 'failed') {
        states.set(name, { ...known, failed: known.failed ?? record })
      }
    }
  }
  return states
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemErrorCode(error) ?? '')) return []
    throw asLocalIoError(error, folder)
  }
}

/** Undefined when the file is gone or is not one of ours. */
async function readRecord(path: string): Promise<ModelReceipt | ModelFailure | undefined> {
  try {
    return parseModelRecord(await readFile(path, 'utf8'))
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined
    throw error
  }
}

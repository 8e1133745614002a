import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { systemErrorCode } from '../core/errors.ts'
import { STEPS } from '../formats/counts.ts'
import { readNightCounts } from '../formats/read-night-results.ts'
import { refuseBroken } from './refuse-broken.ts'
import { type NightSteps, stepRowsOf } from './unusual/count-series.ts'

interface Known {
  readonly signature: string
  readonly night: NightSteps
}

/**
 * What the steps of nights counted, read once for as long as nothing is added: files are put into
 * their folders whole, which sets the folders' times. For a process that is asked again and again.
 */
export class PastSteps {
  readonly #directory: string
  readonly #known = new Map<string, Known>()

  constructor(directory: string) {
    this.#directory = directory
  }

  /** @throws FerryError DATA_INVALID, LOCAL_IO */
  async read(date: string): Promise<NightSteps> {
    const signature = await this.#signatureOf(date)
    const known = this.#known.get(date)
    if (known?.signature === signature) return known.night
    const counts = await readNightCounts(this.#directory, date, refuseBroken)
    const night = { date, steps: counts.map(stepRowsOf) }
    this.#known.set(date, { signature, night })
    return night
  }

  async #signatureOf(date: string): Promise<string> {
    const folder = join(this.#directory, 'results', date, 'counts')
    const times = await Promise.all(STEPS.map(step => changedAt(join(folder, step))))
    return times.join(' ')
  }
}

async function changedAt(folder: string): Promise<string> {
  try {
    return String((await stat(folder, { bigint: true })).mtimeNs)
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return '-'
    throw error
  }
}

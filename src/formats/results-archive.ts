import { statSync } from 'node:fs'
import { join } from 'node:path'
import { keepText, readKeptText } from '../core/kept-file.ts'
import { VersionCache } from '../core/version-cache.ts'
import { type Counts, STEPS } from './counts.ts'
import type { ModelFailure, ModelReceipt } from './model-receipt.ts'
import { readNightCounts, readNightModels } from './read-night-results.ts'
import {
  type BrokenResult,
  digestText,
  LeanDigests,
  outcomeOf,
  parseDigest,
  type ResultsDigest,
  stepRowsOf,
} from './results-digest.ts'

/** All that is on file of a night. */
export interface NightResults {
  readonly date: string
  readonly counts: readonly Counts[]
  readonly models: readonly (ModelReceipt | ModelFailure)[]
  /** What could not be read, and is left out. */
  readonly broken: readonly BrokenResult[]
}

/** A night that was looked at this short a time ago is not looked at again. */
const FRESH_MS = 300
/** Two changes within one tick of the disk's clock have one time: what is that young is not kept. */
const SETTLED_MS = 100
const WHOLE_NIGHTS = 8
const NIGHTS_OF_MODELS = 24
const DIGESTS = 400
const NOTHING = '-'

/**
 * What the steps and models of nights left, read once for as long as nothing is added: files are put into their
 * folders whole, which sets the folders' times. For a process that is asked again and again. With a folder to keep
 * them in, digests outlive the process; they can be thrown away at any time.
 */
export class ResultsArchive {
  readonly #project: string
  readonly #folder: string | undefined
  readonly #seen = new Map<string, { readonly at: number; readonly signature: string }>()
  readonly #whole = new VersionCache<NightResults>(WHOLE_NIGHTS)
  readonly #models = new VersionCache<NightResults['models']>(NIGHTS_OF_MODELS)
  readonly #digests = new VersionCache<ResultsDigest>(DIGESTS)
  readonly #lean = new LeanDigests()

  constructor(project: string, folder?: string) {
    this.#project = project
    this.#folder = folder
  }

  /** Changes when anything of the night's results does. @throws FerryError LOCAL_IO */
  signature(date: string): string {
    const now = Date.now()
    const seen = this.#seen.get(date)
    if (seen !== undefined && now - seen.at < FRESH_MS) return seen.signature
    const results = join(this.#project, 'results', date)
    const folders = [...STEPS.map(step => join(results, 'counts', step)), join(results, 'models')]
    const signature = folders.map(changedAt).join(' ')
    this.#seen.set(date, { at: now, signature })
    return signature
  }

  /** Everything of one night. @throws FerryError LOCAL_IO */
  read(date: string): Promise<NightResults> {
    const signature = this.signature(date)
    return this.#whole.get(date, signature, async () => {
      const value = await this.#readFiles(date)
      return { value, isPassing: value.broken.length > 0 || !isSettled(signature) }
    })
  }

  /** What became of the models of one night, and no more of it. @throws FerryError LOCAL_IO */
  models(date: string): Promise<NightResults['models']> {
    const signature = this.signature(date)
    return this.#models.get(date, signature, async () => {
      const whole = await this.#whole.known(date, signature)
      let isBroken = whole !== undefined && whole.broken.length > 0
      const onBroken = (): void => {
        isBroken = true
      }
      const value = whole?.models ?? (await readNightModels(this.#project, date, onBroken))
      return { value, isPassing: isBroken || !isSettled(signature) }
    })
  }

  /** What comparisons over many nights need. @throws FerryError LOCAL_IO */
  digest(date: string): Promise<ResultsDigest> {
    const signature = this.signature(date)
    return this.#digests.get(date, signature, async () => {
      const kept = parseDigest(this.#keptText(date), date, signature)
      if (kept !== undefined) return { value: this.#lean.of(kept) }
      // Of all nights in turn, nothing but the digest is to stay.
      const whole = await (this.#whole.known(date, signature) ?? this.#readFiles(date))
      const { counts, models, broken } = whole
      const steps = counts.map(stepRowsOf)
      const value = this.#lean.of({ date, steps, models: models.map(outcomeOf), broken })
      const isPassing = broken.length > 0 || !isSettled(signature)
      if (!isPassing) this.#keep(date, digestText(value, signature))
      return { value, isPassing }
    })
  }

  async #readFiles(date: string): Promise<NightResults> {
    const broken: BrokenResult[] = []
    const onBroken = ({ message }: Error, file: string): void => {
      broken.push({ file, problem: message })
    }
    const counts = await readNightCounts(this.#project, date, onBroken)
    const models = await readNightModels(this.#project, date, onBroken)
    return { date, counts, models, broken }
  }

  #keptText(date: string): string {
    return this.#folder === undefined ? '' : readKeptText(join(this.#folder, `${date}.json`))
  }

  /** Of a night that left nothing there is nothing to spare. */
  #keep(date: string, text: string): void {
    if (this.#folder === undefined || /^[- ]*$/.test(this.signature(date))) return
    keepText(join(this.#folder, `${date}.json`), text)
  }
}

/** Nanoseconds since 1970 of a folder's last change. */
function changedAt(folder: string): string {
  const found = statSync(folder, { bigint: true, throwIfNoEntry: false })
  return found === undefined ? NOTHING : String(found.mtimeNs)
}

function isSettled(signature: string): boolean {
  const newest = Date.now() - SETTLED_MS
  return signature.split(' ').every(time => time === NOTHING || Number(time) / 1e6 < newest)
}

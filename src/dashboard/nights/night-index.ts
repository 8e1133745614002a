import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { systemErrorCode } from '../../core/errors.ts'
import type { LogicalDate } from '../../core/logical-date.ts'
import { temporaryName } from '../../core/temporary-name.ts'
import type { Night, NightSummary } from './night.ts'
import { isOpen, type NightStore } from './night-store.ts'
import { type KeptNight, parseKeptNight, summarizeNight } from './summarize-night.ts'
import { type UsualDurations, usualDurations } from './usual-durations.ts'

/** Nights that say what is usual. */
const COMPARED_NIGHTS = 14

type Durations = KeptNight['durations']

/**
 * What every night came to. It is kept in `.ferry/web/`, so that a year of nights costs its reading
 * once, and holds to the stamps of the night's files; all of it can be thrown away and made anew.
 */
export class NightIndex {
  readonly #project: string
  readonly #store: NightStore
  readonly #kept = new Map<
    LogicalDate,
    { readonly stamp: string; readonly summary: NightSummary }
  >()
  readonly #durations = new Map<LogicalDate, { readonly stamp: string; readonly all: Durations }>()
  readonly #made = new WeakMap<Night, KeptNight>()
  readonly #usual = new Map<LogicalDate, { readonly key: string; readonly usual: UsualDurations }>()

  constructor(project: string, store: NightStore) {
    this.#project = project
    this.#store = store
  }

  /** What a night came to, or comes to as it runs. */
  async summary(date: LogicalDate): Promise<NightSummary> {
    const known = this.#kept.get(date)
    const stamp = await this.#store.stamp(date)
    if (known?.stamp === stamp && !isOpen(known.summary.state)) return known.summary
    return (await this.#read(date, stamp)).summary
  }

  /** Only if it is at hand: for a calendar, which does not wait. */
  known(date: LogicalDate): NightSummary | undefined {
    return this.#kept.get(date)?.summary
  }

  /** How long targets took in the nights before this one. */
  async usual(date: LogicalDate): Promise<UsualDurations> {
    const before = (await this.#store.dates()).filter(one => one < date).slice(0, COMPARED_NIGHTS)
    const stamps = await Promise.all(before.map(one => this.#store.stamp(one)))
    const key = stamps.join('|')
    const known = this.#usual.get(date)
    if (known?.key === key) return known.usual
    const all: Durations[] = []
    for (const [place, one] of before.entries()) {
      all.push(await this.#durationsOf(one, stamps[place] ?? ''))
    }
    const usual = usualDurations(all)
    this.#usual.set(date, { key, usual })
    forgetFirst(this.#usual, 4)
    return usual
  }

  /** Looks through all nights, the newest first, until it is stopped. */
  async readAll(signal: AbortSignal): Promise<void> {
    for (const date of await this.#store.dates()) {
      if (signal.aborted) return
      await this.summary(date)
      await new Promise(resolve => setImmediate(resolve)) // readers come first
    }
  }

  async #durationsOf(date: LogicalDate, stamp: string): Promise<Durations> {
    const known = this.#durations.get(date)
    if (known?.stamp === stamp) return known.all
    const { durations } = await this.#read(date, stamp)
    this.#durations.delete(date)
    this.#durations.set(date, { stamp, all: durations })
    forgetFirst(this.#durations, COMPARED_NIGHTS * 2)
    return durations
  }

  async #read(date: LogicalDate, stamp: string): Promise<KeptNight> {
    const path = join(this.#project, '.ferry/web/nights', `${date}.json`)
    const onDisk = parseKeptNight(await readOrEmpty(path))
    if (onDisk?.stamp === stamp && !isOpen(onDisk.summary.state)) {
      this.#kept.set(date, { stamp, summary: onDisk.summary })
      return onDisk
    }
    const { night, stamp: readAt } = await this.#store.load(date)
    const known = this.#made.get(night)
    if (known !== undefined) return known
    const made = summarizeNight(night, readAt)
    this.#made.set(night, made)
    this.#kept.set(date, { stamp: readAt, summary: made.summary })
    if (!isOpen(made.summary.state)) await keep(path, made)
    return made
  }
}

/** An index that cannot be written is made again next time: no reason to fail. */
async function keep(path: string, night: KeptNight): Promise<void> {
  const temporary = temporaryName(path)
  try {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(temporary, JSON.stringify(night))
    await rename(temporary, path)
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error
    await rm(temporary, { force: true }).catch(() => {}) // the same disk
  }
}

function forgetFirst(map: Map<LogicalDate, unknown>, most: number): void {
  for (const first of map.keys()) {
    if (map.size <= most) return
    map.delete(first)
  }
}

async function readOrEmpty(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error
    return ''
  }
}

import { join } from 'node:path'
import type { LogicalDate } from '../../core/logical-date.ts'
import { within } from '../../core/within.ts'
import { VersionCache } from '../../core/version-cache.ts'
import {
  type Durations,
  keepNight,
  type KeptNight,
  readKeptDurations,
  readKeptSummary,
} from './kept-night.ts'
import type { Night, NightSummary } from './night.ts'
import { isOpen, type NightStore } from './night-store.ts'
import { summarizeNight } from './summarize-night.ts'
import { type UsualDurations, usualDurations } from './usual-durations.ts'

/** Nights that say what is usual. */
const COMPARED_NIGHTS = 14
/** What a page waits for nights that nobody has read yet; it is told of them when they are. */
const PATIENCE_MS = 150
/** While a year of nights is read for the first time, pages are told of it now and then. */
const TELL_EVERY_MS = 2_000

/**
 * What every night came to. It is kept in `.ferry/web/`, so that a year of nights costs its reading
 * once, and holds to the stamps of the night's files; all of it can be thrown away and made anew. Nights are read
 * one at a time, and only what they came to stays in memory.
 */
export class NightIndex {
  readonly #project: string
  readonly #store: NightStore
  readonly #kept = new Map<
    LogicalDate,
    { readonly stamp: string; readonly summary: NightSummary }
  >()
  readonly #durations = new VersionCache<Durations>(COMPARED_NIGHTS * 2)
  readonly #usual = new VersionCache<{
    readonly durations: UsualDurations
    readonly isWhole: boolean
  }>(8)
  readonly #made = new WeakMap<Night, KeptNight>()
  #turn: Promise<unknown> = Promise.resolve()
  #revision = 0
  #lacks = 0
  #toldAt = 0

  constructor(project: string, store: NightStore) {
    this.#project = project
    this.#store = store
  }

  /** Changes when nights have been read that pages may have done without. */
  get revision(): number {
    return this.#revision
  }

  /** Changes when a page did without something that was not at hand: it is not to be kept. */
  get lacks(): number {
    return this.#lacks
  }

  /** A page does without something. */
  lack(): void {
    this.#lacks += 1
  }

  /** Something has been found out that a page did not wait for. */
  tell(): void {
    this.#revision += 1
  }

  /** What a night came to, or comes to as it runs. */
  async summary(date: LogicalDate): Promise<NightSummary> {
    const known = this.#kept.get(date)
    const stamp = this.#store.stamp(date)
    if (known?.stamp === stamp && !isOpen(known.summary.state)) return known.summary
    const onDisk = readKeptSummary(this.#pathOf(date), stamp)
    if (onDisk !== undefined) {
      this.#kept.set(date, { stamp, summary: onDisk })
      if (!isOpen(onDisk.state)) this.#store.noteOver(date, stamp)
      return onDisk
    }
    return (await this.#read(date)).summary
  }

  /** The same for a page, which does not wait long: undefined while it is being read. */
  summarySoon(date: LogicalDate): Promise<NightSummary | undefined> {
    return within(this.summary(date), PATIENCE_MS)
  }

  /** Only if it is at hand: for a calendar, which does not wait. */
  known(date: LogicalDate): NightSummary | undefined {
    return this.#kept.get(date)?.summary
  }

  /** How long targets took in the nights before this one, or in those of them that are at hand soon. */
  async usual(date: LogicalDate): Promise<UsualDurations> {
    const before = await this.#comparedWith(date)
    const { durations, isWhole } = await this.#usual.get(
      date,
      await this.usualVersion(date),
      async () => {
        const deadline = performance.now() + PATIENCE_MS
        const all: Durations[] = []
        for (const one of before) {
          const left = Math.max(1, deadline - performance.now())
          const durations = await within(this.#durationsOf(one), left)
          if (durations === undefined) {
            return { value: { durations: usualDurations(all), isWhole: false }, isPassing: true }
          }
          all.push(durations)
        }
        return { value: { durations: usualDurations(all), isWhole: true } }
      },
    )
    if (!isWhole) this.lack()
    return durations
  }

  /** Changes when `usual` does. */
  async usualVersion(date: LogicalDate): Promise<string> {
    return `${this.#revision}|${await this.usualStamps(date)}`
  }

  /** Of the files of the nights that say what is usual. */
  async usualStamps(date: LogicalDate): Promise<string> {
    const before = await this.#comparedWith(date)
    return before.map(one => `${one} ${this.#store.stamp(one)}`).join('|')
  }

  /** Looks through all nights, the newest first, until it is stopped. `also` is done for each after it. */
  async readAll(signal: AbortSignal, also: (date: LogicalDate) => Promise<unknown>): Promise<void> {
    for (const date of await this.#store.dates()) {
      if (signal.aborted) return
      await this.summary(date)
      await also(date)
      await new Promise(resolve => setImmediate(resolve)) // readers come first
    }
    this.#revision += 1
  }

  async #comparedWith(date: LogicalDate): Promise<LogicalDate[]> {
    return (await this.#store.dates()).filter(one => one < date).slice(0, COMPARED_NIGHTS)
  }

  #durationsOf(date: LogicalDate): Promise<Durations> {
    const stamp = this.#store.stamp(date)
    return this.#durations.get(date, stamp, async () => {
      const onDisk = readKeptDurations(this.#pathOf(date), stamp)
      return { value: onDisk ?? (await this.#read(date)).durations }
    })
  }

  /** One after the other: the memory of one night is enough. */
  #read(date: LogicalDate): Promise<KeptNight> {
    const read = this.#turn.then(() => this.#summarize(date))
    this.#turn = read.catch(() => {}) // told to who asked for it
    return read
  }

  async #summarize(date: LogicalDate): Promise<KeptNight> {
    const { night, stamp } = await this.#store.glance(date)
    const known = this.#made.get(night)
    if (known !== undefined) return known
    const made = summarizeNight(night, stamp)
    this.#made.set(night, made)
    if (!isOpen(night.state)) {
      if (this.#kept.get(date)?.stamp !== stamp) this.#tellNowAndThen()
      keepNight(this.#pathOf(date), made)
    }
    this.#kept.set(date, { stamp, summary: made.summary })
    return made
  }

  #tellNowAndThen(): void {
    if (Date.now() - this.#toldAt < TELL_EVERY_MS) return
    this.#toldAt = Date.now()
    this.tell()
  }

  #pathOf(date: LogicalDate): string {
    return join(this.#project, '.ferry/web/nights', `${date}.json`)
  }
}

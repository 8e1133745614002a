import type { LogicalDate } from '../../core/logical-date.ts'
import { judgeNight } from './judge-night.ts'
import { isCommandAlive, nightAtWork } from './liveness.ts'
import type { Night } from './night.ts'
import {
  graphPath,
  listDates,
  readGraph,
  readState,
  recordsPath,
  stampOf,
  statePath,
} from './night-files.ts'
import { NightLog } from './night-log.ts'

/** Commands of whole nights that are kept in memory, all in all. */
const MOST_COMMANDS = 60_000
/** A night that was looked at this short a time ago is not looked at again. */
const FRESH_MS = 80
const DATES_FRESH_MS = 1_000

interface Loaded {
  readonly night: Night
  readonly stamp: string
  /** Of a night that may grow. */
  readonly log: NightLog | undefined
  checkedAt: number
}

/** The nights of a project, read from its files as they are asked for, and read on as they grow. */
export class NightStore {
  readonly #project: string
  readonly #nights = new Map<LogicalDate, Loaded>()
  readonly #loading = new Map<LogicalDate, Promise<Loaded>>()
  #dates: { readonly at: number; readonly dates: Promise<LogicalDate[]> } | undefined

  constructor(project: string) {
    this.#project = project
  }

  /** Every night that has left a trace, the newest first. */
  dates(): Promise<readonly LogicalDate[]> {
    const now = Date.now()
    if (this.#dates === undefined || now - this.#dates.at > DATES_FRESH_MS) {
      this.#dates = { at: now, dates: listDates(this.#project) }
    }
    return this.#dates.dates
  }

  /** A night as it is now; an empty one when there is no trace of it. */
  async night(date: LogicalDate): Promise<Night> {
    return (await this.load(date)).night
  }

  /** With the stamp of the files that it was read from. */
  load(date: LogicalDate): Promise<{ readonly night: Night; readonly stamp: string }> {
    const loaded = this.#nights.get(date)
    if (loaded !== undefined && Date.now() - loaded.checkedAt < FRESH_MS) {
      return Promise.resolve(loaded)
    }
    let loading = this.#loading.get(date)
    if (loading === undefined) {
      loading = this.#read(date, loaded).finally(() => this.#loading.delete(date))
      this.#loading.set(date, loading)
    }
    return loading
  }

  async #read(date: LogicalDate, before: Loaded | undefined): Promise<Loaded> {
    const [stamp, atWork] = await Promise.all([this.stamp(date), nightAtWork(this.#project)])
    const isHeld = atWork === date
    const wasOpen = before === undefined || isOpen(before.night.state)
    if (before?.stamp === stamp && !wasOpen && !isHeld) {
      before.checkedAt = Date.now()
      this.#touch(date, before)
      return before
    }
    const log = before?.log ?? new NightLog(recordsPath(this.#project, date))
    await log.update()
    const commands = log.commands()
    const alive = new Set(
      commands.filter(one => one.end === undefined && isCommandAlive(one, isHeld)),
    )
    const version = `${stamp} ${isHeld} ${[...alive].map(one => one.begin.id).join(' ')}`
    if (before?.night.version === version) {
      before.checkedAt = Date.now()
      return before
    }
    const night = judgeNight({
      date,
      version,
      commands,
      graph: await readGraph(graphPath(this.#project, date)),
      state: await readState(statePath(this.#project, date)),
      isHeld,
      isAlive: command => alive.has(command),
    })
    const loaded = {
      night,
      stamp,
      log: isOpen(night.state) ? log : undefined,
      checkedAt: Date.now(),
    }
    this.#touch(date, loaded)
    return loaded
  }

  /** Puts it last in the order of leaving, and lets the first go when there are too many. */
  #touch(date: LogicalDate, loaded: Loaded): void {
    this.#nights.delete(date)
    this.#nights.set(date, loaded)
    let commands = 0
    for (const one of this.#nights.values()) commands += one.night.commands.length
    for (const [first, { night }] of this.#nights) {
      if (commands <= MOST_COMMANDS || first === date) break
      commands -= night.commands.length
      this.#nights.delete(first)
    }
  }

  /** Of the files of a night, as they are now. */
  stamp(date: LogicalDate): Promise<string> {
    const paths = [recordsPath, statePath, graphPath].map(path => path(this.#project, date))
    return stampOf(paths)
  }
}

/** Of a night that may still change by itself. */
export const isOpen = (state: Night['state']): boolean => state === 'running' || state === 'waiting'

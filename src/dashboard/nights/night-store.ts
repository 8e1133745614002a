import type { LogicalDate } from '../../core/logical-date.ts'
import type { NightGraph } from '../../formats/night-graph.ts'
import type { TrackedCommand } from '../../formats/command-record.ts'
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
const MOST_COMMANDS = 24_000
/** A night that was looked at this short a time ago is not looked at again. */
const FRESH_MS = 80
const DATES_FRESH_MS = 1_000
const STAMP_FRESH_MS = 300

interface Loaded {
  readonly night: Night
  readonly stamp: string
  /** Of a night that may grow. */
  readonly log: NightLog | undefined
  readonly graph: { readonly stamp: string; readonly graph: NightGraph | undefined } | undefined
  checkedAt: number
}

/** The nights of a project, read from its files as they are asked for, and read on as they grow. */
export class NightStore {
  readonly #project: string
  readonly #nights = new Map<LogicalDate, Loaded>()
  readonly #loading = new Map<LogicalDate, Promise<Loaded>>()
  readonly #over = new Map<LogicalDate, { readonly stamp: string; readonly version: string }>()
  #turn: Promise<unknown> = Promise.resolve()
  readonly #stamps = new Map<LogicalDate, { readonly at: number; readonly stamp: string }>()
  #held: { readonly at: number; readonly date: string | undefined } | undefined
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

  /** A night is known to be over by what is kept of it, made from files of that stamp. */
  noteOver(date: LogicalDate, stamp: string): void {
    this.#over.set(date, { stamp, version: versionOf(stamp, false, []) })
  }

  /** The version of a night; one that is over, and was read before, is not read again for it. */
  async version(date: LogicalDate): Promise<string> {
    return (await this.#versionOver(date)) ?? (await this.night(date)).version
  }

  /** The same of what is told of a night as of now: of one that may still change it is another each second. */
  async versionAt(date: LogicalDate, now: Date): Promise<string> {
    const over = await this.#versionOver(date)
    if (over !== undefined) return over
    const { version, state } = await this.night(date)
    return isOpen(state) ? `${version} ${Math.floor(now.getTime() / 1_000)}` : version
  }

  /** Whether it changes no more, unless something of it is run again. */
  async isOver(date: LogicalDate): Promise<boolean> {
    return (await this.#versionOver(date)) !== undefined || !isOpen((await this.night(date)).state)
  }

  async #versionOver(date: LogicalDate): Promise<string | undefined> {
    const over = this.#over.get(date)
    const isSame = over !== undefined && over.stamp === this.stamp(date)
    return isSame && this.#atWork() !== date ? over.version : undefined
  }

  /** A page asks for it ten times. */
  #atWork(): string | undefined {
    const now = Date.now()
    if (this.#held === undefined || now - this.#held.at > FRESH_MS) {
      this.#held = { at: now, date: nightAtWork(this.#project) }
    }
    return this.#held.date
  }

  /** A night as it is at this moment, however short a time ago it was looked at. */
  async nightNow(date: LogicalDate): Promise<Night> {
    await this.#loading.get(date)?.catch(() => {}) // it may have looked before the change; its asker is told
    const loaded = this.#nights.get(date)
    if (loaded !== undefined) loaded.checkedAt = 0
    this.#held = undefined
    return this.night(date)
  }

  /** Of the files that the night was read from the last time; undefined when nobody has read it. */
  stampRead(date: LogicalDate): string | undefined {
    return this.#nights.get(date)?.stamp ?? this.#over.get(date)?.stamp
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

  /**
   * The same, to be looked at once: it is not kept, so that whoever goes through all nights needs the memory of one.
   * One that is there already is not read again.
   */
  async glance(date: LogicalDate): Promise<{ readonly night: Night; readonly stamp: string }> {
    const loaded = this.#nights.get(date)
    const isKept = loaded !== undefined || this.#loading.has(date) || this.#atWork() === date
    return isKept ? this.load(date) : this.#judge(date, undefined)
  }

  async #read(date: LogicalDate, before: Loaded | undefined): Promise<Loaded> {
    // Whole nights one after the other, or a hundred readers would need the memory of as many.
    const turn = before === undefined ? this.#turn : Promise.resolve()
    const judged = turn.then(() => this.#judge(date, before))
    if (before === undefined) this.#turn = judged.catch(() => {}) // told to who asked for it
    const loaded = await judged
    const { night, stamp } = loaded
    if (isOpen(night.state)) this.#over.delete(date)
    else this.#over.set(date, { stamp, version: night.version })
    this.#touch(date, loaded)
    return loaded
  }

  async #judge(date: LogicalDate, before: Loaded | undefined): Promise<Loaded> {
    const stamp = this.#stampNow(date)
    const isHeld = this.#atWork() === date
    const wasOpen = before === undefined || isOpen(before.night.state)
    if (before?.stamp === stamp && !wasOpen && !isHeld) {
      before.checkedAt = Date.now()
      return before
    }
    const log = before?.log ?? new NightLog(recordsPath(this.#project, date))
    await log.update()
    const commands = log.commands()
    const alive = new Set(
      commands.filter(one => one.end === undefined && isCommandAlive(one, isHeld)),
    )
    const version = versionOf(stamp, isHeld, [...alive])
    if (before?.night.version === version) {
      before.checkedAt = Date.now()
      return before
    }
    const path = graphPath(this.#project, date)
    const graphStamp = stampOf([path])
    const graph =
      before?.graph?.stamp === graphStamp
        ? before.graph
        : { stamp: graphStamp, graph: readGraph(path) }
    const night = judgeNight({
      date,
      version,
      commands,
      graph: graph.graph,
      state: readState(statePath(this.#project, date)),
      isHeld,
      isAlive: command => alive.has(command),
    })
    const mayGrow = isOpen(night.state) ? { log, graph } : { log: undefined, graph: undefined }
    return { night, stamp, ...mayGrow, checkedAt: Date.now() }
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

  /** Of the files of a night, as they were a moment ago. */
  stamp(date: LogicalDate): string {
    const known = this.#stamps.get(date)
    if (known !== undefined && Date.now() - known.at < STAMP_FRESH_MS) return known.stamp
    return this.#stampNow(date)
  }

  #stampNow(date: LogicalDate): string {
    const paths = [recordsPath, statePath, graphPath].map(path => path(this.#project, date))
    const stamp = stampOf(paths)
    this.#stamps.set(date, { at: Date.now(), stamp })
    return stamp
  }
}

const versionOf = (stamp: string, isHeld: boolean, alive: readonly TrackedCommand[]): string =>
  `${stamp} ${isHeld} ${alive.map(one => one.begin.id).join(' ')}`

/** Of a night that may still change by itself. */
export const isOpen = (state: Night['state']): boolean => state === 'running' || state === 'waiting'

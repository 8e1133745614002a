import { type FSWatcher, watch } from 'node:fs'
import { dirname } from 'node:path'
import { systemErrorCode } from '../../core/errors.ts'
import type { LogicalDate } from '../../core/logical-date.ts'
import type { Dashboard } from '../dashboard.ts'
import type { Night } from './night.ts'
import { recordsPath, statePath } from './night-files.ts'
import type { NightStore } from './night-store.ts'

/** Where the system does not tell of changes (a network's disk), they are seen by looking. */
const LOOK_EVERY_MS = 500
/** The first change is told at once; those that come soon after it are told together. */
const AT_ONCE_MS = 5
const GATHER_MS = 100

/** What all who watch a night are told when anything of it changed. */
export interface NightNews {
  readonly date: LogicalDate
  readonly version: string
  readonly state: Night['state']
  readonly counts: Night['counts']
  /** A newer night may have begun. */
  readonly newest: LogicalDate | undefined
}

type Listener = (news: NightNews) => void

interface Watched {
  readonly listeners: Set<Listener>
  readonly stop: () => void
}

/** Tells many at once of a night's changes, and looks once for all of them. */
export class NightWatch {
  readonly #project: string
  readonly #store: NightStore
  readonly #watched = new Map<LogicalDate, Watched>()
  /** Of what else pages show: nights that have been read meanwhile. */
  readonly #revision: () => number
  readonly #onFailure: (error: unknown) => void

  constructor(
    { project, nights, index }: Pick<Dashboard, 'project' | 'nights' | 'index'>,
    onFailure: (error: unknown) => void,
  ) {
    this.#project = project
    this.#store = nights
    this.#revision = () => index.revision
    this.#onFailure = onFailure
  }

  /** Calls back at each change until the returned function is called. */
  subscribe(date: LogicalDate, listener: Listener): () => void {
    let watched = this.#watched.get(date)
    if (watched === undefined) {
      const listeners = new Set<Listener>()
      watched = { listeners, stop: this.#start(date, listeners) }
      this.#watched.set(date, watched)
    }
    const { listeners, stop } = watched
    listeners.add(listener)
    return () => {
      if (!listeners.delete(listener) || listeners.size > 0) return
      stop()
      this.#watched.delete(date)
    }
  }

  /** How many are told at present. */
  get size(): number {
    let size = 0
    for (const { listeners } of this.#watched.values()) size += listeners.size
    return size
  }

  #start(date: LogicalDate, listeners: ReadonlySet<Listener>): () => void {
    const watchers = new FolderWatchers(
      [recordsPath, statePath].map(path => dirname(path(this.#project, date))),
      () => soon(),
    )
    let last = ''
    let lookedAt = 0
    let isLooking = false
    let gathering: NodeJS.Timeout | undefined
    const look = async (): Promise<void> => {
      if (isLooking) return soon() // what has come meanwhile may not be seen by it
      isLooking = true
      lookedAt = performance.now()
      try {
        watchers.open()
        const news = await this.#news(date)
        const key = `${news.version} ${news.newest} ${this.#revision()}`
        if (last !== '' && last !== key) for (const listener of listeners) listener(news)
        last = key
      } catch (error) {
        this.#onFailure(error)
      } finally {
        isLooking = false
      }
    }
    const soon = (): void => {
      const wait = Math.max(AT_ONCE_MS, lookedAt + GATHER_MS - performance.now())
      gathering ??= setTimeout(() => {
        gathering = undefined
        void look()
      }, wait)
    }
    const timer = setInterval(() => void look(), LOOK_EVERY_MS)
    void look()
    return () => {
      clearInterval(timer)
      clearTimeout(gathering)
      watchers.close()
    }
  }

  async #news(date: LogicalDate): Promise<NightNews> {
    const [{ version, state, counts }, dates] = await Promise.all([
      this.#store.nightNow(date),
      this.#store.dates(),
    ])
    return { date, version, state, counts, newest: dates[0] }
  }
}

/** Told by the system of changes in folders, as soon as these are there. */
class FolderWatchers {
  readonly #folders: readonly string[]
  readonly #onChange: () => void
  readonly #open = new Map<string, FSWatcher>()

  constructor(folders: readonly string[], onChange: () => void) {
    this.#folders = folders
    this.#onChange = onChange
  }

  /** Where a folder is not there yet, or watching is not to be had, looking is enough until the next call. */
  open(): void {
    for (const folder of this.#folders) {
      if (this.#open.has(folder)) continue
      try {
        const watcher = watch(folder, { persistent: false }, this.#onChange)
        watcher.on('error', () => {
          watcher.close() // removed, say
          this.#open.delete(folder)
        })
        this.#open.set(folder, watcher)
      } catch (error) {
        if (systemErrorCode(error) === undefined) throw error
      }
    }
  }

  close(): void {
    for (const watcher of this.#open.values()) watcher.close()
  }
}

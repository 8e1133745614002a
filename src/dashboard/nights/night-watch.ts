import { type FSWatcher, watch } from 'node:fs'
import { dirname } from 'node:path'
import type { LogicalDate } from '../../core/logical-date.ts'
import type { Night } from './night.ts'
import { recordsPath, statePath } from './night-files.ts'
import type { NightStore } from './night-store.ts'

/** Where the system does not tell of changes (a network's disk), they are seen by looking. */
const LOOK_EVERY_MS = 500
/** Changes that come together are told together. */
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
  readonly #onFailure: (error: unknown) => void

  constructor(project: string, store: NightStore, onFailure: (error: unknown) => void) {
    this.#project = project
    this.#store = store
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
    let last = ''
    let isLooking = false
    let gathering: NodeJS.Timeout | undefined
    const look = async (): Promise<void> => {
      if (isLooking) return
      isLooking = true
      try {
        const news = await this.#news(date)
        const key = `${news.version} ${news.newest}`
        if (last !== '' && last !== key) for (const listener of listeners) listener(news)
        last = key
      } catch (error) {
        this.#onFailure(error)
      } finally {
        isLooking = false
      }
    }
    const soon = (): void => {
      gathering ??= setTimeout(() => {
        gathering = undefined
        void look()
      }, GATHER_MS)
    }
    const timer = setInterval(() => void look(), LOOK_EVERY_MS)
    const folders = [recordsPath, statePath].map(path => dirname(path(this.#project, date)))
    const watchers = folders.flatMap(folder => watchFolder(folder, soon) ?? [])
    void look()
    return () => {
      clearInterval(timer)
      clearTimeout(gathering)
      for (const watcher of watchers) watcher.close()
    }
  }

  async #news(date: LogicalDate): Promise<NightNews> {
    const [{ version, state, counts }, dates] = await Promise.all([
      this.#store.night(date),
      this.#store.dates(),
    ])
    return { date, version, state, counts, newest: dates[0] }
  }
}

/** Undefined where the folder is not there yet, or watching is not to be had: looking is enough. */
function watchFolder(folder: string, onChange: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(folder, { persistent: false }, onChange)
    watcher.on('error', () => watcher.close()) // removed, say
    return watcher
  } catch {
    return undefined
  }
}

import { randomId } from '../md5.ts'
import type { Entry } from '../queue.ts'

/** What may be on its way into the database still: the page that wrote it may well be alive. */
const FRESH_S = 5

export interface Noted {
  readonly tab: string
  /** Counts the events of a tab. */
  readonly serial: number
  readonly entry: Entry
}

/**
 * Events on their way into the database, which takes some milliseconds that the last event of a
 * page does not have. `localStorage` keeps them at once: one key each, so that tabs do not meet.
 */
export class Journal {
  readonly #prefix: string
  readonly #tab = randomId()
  #serial = 0

  constructor(name: string) {
    this.#prefix = `${name}:`
  }

  /** Never throws: where there is no room or no storage, the event is in the database only. */
  note(entry: Entry): Noted {
    const noted = { tab: this.#tab, serial: ++this.#serial, entry }
    attempt(() => localStorage.setItem(this.#keyOf(noted), JSON.stringify(entry)))
    return noted
  }

  forget(noted: Noted): void {
    attempt(() => localStorage.removeItem(this.#keyOf(noted)))
  }

  /** What pages left behind that are gone, in their order. */
  leftBehind(): Noted[] {
    const found: Noted[] = []
    attempt(() => {
      for (const key of Object.keys(localStorage)) {
        if (!key.startsWith(this.#prefix)) continue
        const [tab = '', serial] = key.slice(this.#prefix.length).split(':')
        // Written by us, whole or not at all.
        const entry = JSON.parse(localStorage.getItem(key) ?? 'null') as Entry | null
        const isFresh = Math.abs(Date.now() / 1_000 - (entry?.p.at ?? 0)) < FRESH_S
        if (entry !== null && !isFresh) found.push({ tab, serial: Number(serial), entry })
      }
    })
    return found.sort((a, b) => a.serial - b.serial)
  }

  #keyOf({ tab, serial }: Noted): string {
    return `${this.#prefix}${tab}:${serial}`
  }
}

function attempt(work: () => void): void {
  try {
    work()
  } catch {
    // no storage, or no room in it: the journal only ever adds to what the database keeps
  }
}

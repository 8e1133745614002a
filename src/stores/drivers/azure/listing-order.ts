import { compareKeys } from '../../../formats/object-key.ts'
import { entryKey } from '../../entry-key.ts'
import type { ListEntry } from '../../store.ts'

/** Names of one folder with such characters; a list of them is some tens of megabytes. */
const MOST_HELD = 100_000

/** Names from here on sort otherwise as UTF-16 than as UTF-8: emoji before some of the rest. */
const SURROGATE = /[\ud800-\udfff]/

/**
 * Puts names in the order of their UTF-8 bytes that come in that of their UTF-16 units, as from a
 * service that is built on such strings. The two differ only where one name has a surrogate and the
 * other a character above those, after the same start: so what follows a start with a surrogate is
 * held until the names with that start are over. All else passes as it comes.
 */
export class Utf8Order {
  #start: string | undefined
  #held: ListEntry[] = []

  /** What can go out, now that these came. */
  push(entries: readonly ListEntry[]): readonly ListEntry[] {
    if (this.#start === undefined && !entries.some(entry => SURROGATE.test(entryKey(entry)))) {
      return entries
    }
    const out: ListEntry[] = []
    for (const entry of entries) {
      const name = entryKey(entry)
      if (this.#start !== undefined && !name.startsWith(this.#start)) out.push(...this.end())
      const at = this.#start === undefined ? name.search(SURROGATE) : 0
      if (at === -1) out.push(entry)
      else {
        this.#start ??= name.slice(0, at)
        this.#held.push(entry)
        if (this.#held.length > MOST_HELD) out.push(...this.end())
      }
    }
    return out
  }

  /** What is held, when no more comes. */
  end(): readonly ListEntry[] {
    const held = this.#held.sort((a, b) => compareKeys(entryKey(a), entryKey(b)))
    this.#held = []
    this.#start = undefined
    return held
  }
}

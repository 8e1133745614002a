import { FerryError } from '../core/errors.ts'
import { compareKeys, showKey } from '../formats/object-key.ts'
import type { ObjectInfo } from '../stores/store.ts'
import type { Selected } from './selection.ts'

/** A name that is on one side, or on both. */
export interface MergedName {
  readonly name: string
  readonly source: ObjectInfo | undefined
  readonly target: ObjectInfo | undefined
}

export type Merged =
  | ({ readonly kind: 'name' } & MergedName)
  | {
      readonly kind: 'failure'
      readonly side: 'source' | 'target'
      readonly key: string
      readonly error: Error
    }

type Pages = AsyncIterable<readonly Selected[]>

/**
 * Two listings as one, by name, in the memory of two pages of each: while one is merged, the next one
 * is under way. Both must be sorted: an entry out
 * of order would be taken for one that is missing, and so is an error.
 */
export async function* mergeListings(
  source: Pages,
  target: Pages,
): AsyncGenerator<readonly Merged[]> {
  const left = new SortedListing(source)
  const right = new SortedListing(target)
  try {
    for (;;) {
      await Promise.all([left.fill(), right.fill()])
      const merged = mergeAtHand(left, right)
      if (merged.length === 0) return
      yield merged
    }
  } finally {
    await Promise.all([left.close(), right.close()])
  }
}

/** As far as it can be told without another page: nothing when both listings are over. */
function mergeAtHand(left: SortedListing, right: SortedListing): readonly Merged[] {
  const merged: Merged[] = []
  while (left.isReady && right.isReady) {
    const one = left.current
    const other = right.current
    if (one === undefined && other === undefined) break
    if (one?.kind === 'failure') {
      merged.push({ ...one, side: 'source' })
      left.advance()
    } else if (other?.kind === 'failure') {
      merged.push({ ...other, side: 'target' })
      right.advance()
    } else {
      const order = orderOf(one?.name, other?.name)
      const name = (order <= 0 ? one?.name : other?.name) ?? ''
      const source = order <= 0 ? one?.object : undefined
      const target = order >= 0 ? other?.object : undefined
      merged.push({ kind: 'name', name, source, target })
      if (order <= 0) left.advance()
      if (order >= 0) right.advance()
    }
  }
  return merged
}

/** A listing that ended comes after every name. */
function orderOf(one: string | undefined, other: string | undefined): number {
  if (one === undefined) return 1
  return other === undefined ? -1 : compareKeys(one, other)
}

class SortedListing {
  readonly #iterator: AsyncIterator<readonly Selected[]>
  #page: readonly Selected[] = []
  #at = 0
  #isOver = false
  #last: string | undefined
  #next: Promise<IteratorResult<readonly Selected[]>> | undefined

  constructor(pages: Pages) {
    this.#iterator = pages[Symbol.asyncIterator]()
  }

  get current(): Selected | undefined {
    return this.#page[this.#at]
  }

  /** Whether `current` is the next entry, or there is none any more. */
  get isReady(): boolean {
    return this.#isOver || this.#at < this.#page.length
  }

  advance(): void {
    this.#at++
  }

  /** Asks for pages until there is an entry. */
  async fill(): Promise<void> {
    while (!this.isReady) {
      const next = await (this.#next ?? this.#iterator.next())
      this.#next = undefined
      this.#isOver = next.done === true
      this.#page = next.done === true ? [] : next.value
      this.#at = 0
      this.#assertSorted()
      if (!this.#isOver) this.#ask()
    }
  }

  async close(): Promise<void> {
    await this.#iterator.return?.()
  }

  /** An error of the page that is under way is told when it is the turn of that page. */
  #ask(): void {
    this.#next = this.#iterator.next()
    this.#next.catch(() => undefined)
  }

  #assertSorted(): void {
    for (const selected of this.#page) {
      if (selected.kind !== 'object') continue
      const { name } = selected
      if (this.#last !== undefined && compareKeys(this.#last, name) >= 0) {
        const message = `a listing is out of order: \`${showKey(name)}\` after \`${showKey(this.#last)}\``
        throw new FerryError('TRANSIENT', message, { hint: 'try again' })
      }
      this.#last = name
    }
  }
}

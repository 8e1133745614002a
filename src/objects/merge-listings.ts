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

/**
 * Two listings as one, by name, in the memory of one entry each. Both must be sorted: an entry out
 * of order would be taken for one that is missing, and so is an error.
 */
export async function* mergeListings(
  source: AsyncIterable<Selected>,
  target: AsyncIterable<Selected>,
): AsyncGenerator<Merged> {
  const left = new Sorted(source)
  const right = new Sorted(target)
  try {
    await Promise.all([left.advance(), right.advance()])
    for (;;) {
      const one = left.current
      const other = right.current
      if (one === undefined && other === undefined) return
      if (one?.kind === 'failure') {
        yield { ...one, side: 'source' }
        await left.advance()
      } else if (other?.kind === 'failure') {
        yield { ...other, side: 'target' }
        await right.advance()
      } else {
        const order = orderOf(one?.name, other?.name)
        const name = (order <= 0 ? one?.name : other?.name) ?? ''
        yield {
          kind: 'name',
          name,
          source: order <= 0 ? one?.object : undefined,
          target: order >= 0 ? other?.object : undefined,
        }
        await Promise.all([
          order <= 0 ? left.advance() : undefined,
          order >= 0 ? right.advance() : undefined,
        ])
      }
    }
  } finally {
    await Promise.all([left.close(), right.close()])
  }
}

/** A listing that ended comes after every name. */
function orderOf(one: string | undefined, other: string | undefined): number {
  if (one === undefined) return 1
  return other === undefined ? -1 : compareKeys(one, other)
}

class Sorted {
  current: Selected | undefined
  readonly #iterator: AsyncIterator<Selected>
  #last: string | undefined

  constructor(items: AsyncIterable<Selected>) {
    this.#iterator = items[Symbol.asyncIterator]()
  }

  async advance(): Promise<void> {
    const next = await this.#iterator.next()
    this.current = next.done === true ? undefined : next.value
    if (this.current?.kind !== 'object') return
    const { name } = this.current
    if (this.#last !== undefined && compareKeys(this.#last, name) >= 0) {
      const message = `a listing is out of order: \`${showKey(name)}\` after \`${showKey(this.#last)}\``
      throw new FerryError('TRANSIENT', message, { hint: 'try again; nothing was removed' })
    }
    this.#last = name
  }

  async close(): Promise<void> {
    await this.#iterator.return?.()
  }
}

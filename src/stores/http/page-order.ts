import { compareKeys, showKey } from '../../formats/object-key.ts'
import { entryKey } from '../entry-key.ts'
import type { ListEntry } from '../store.ts'

/** A page of a listing that cannot be what the service has; it is fetched again. */
export class BrokenPage extends Error {}

/** Objects and prefixes, each in order, as one. */
export function mergeInOrder(
  objects: readonly ListEntry[],
  prefixes: readonly ListEntry[],
): readonly ListEntry[] {
  if (prefixes.length === 0) return objects
  return [...objects, ...prefixes].sort((a, b) => compareKeys(entryKey(a), entryKey(b)))
}

export interface PagePlace {
  readonly prefix: string
  /** The last name of the page before. */
  readonly after: string | undefined
}

/** A name out of order would be taken for one that is missing. @throws BrokenPage */
export function assertInOrder(names: readonly string[], { prefix, after }: PagePlace): void {
  let before = after
  for (const name of names) {
    if (!name.startsWith(prefix)) throw new BrokenPage('a name has another prefix')
    if (before !== undefined && compareKeys(before, name) >= 0) {
      throw new BrokenPage(`\`${showKey(name)}\` comes after \`${showKey(before)}\``)
    }
    before = name
  }
}

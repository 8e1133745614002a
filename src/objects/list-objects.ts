import type { ObjectUrl } from '../formats/object-url.ts'
import type { ListEntry, ObjectStore } from '../stores/store.ts'
import { entryKey } from '../stores/entry-key.ts'
import type { NameFilter } from './name-filter.ts'
import type { Selection } from './selection.ts'

export interface ListOptions {
  /** What is below folders too, instead of the folders. */
  readonly recursive: boolean
  readonly filter: NameFilter
  readonly signal: AbortSignal
}

/**
 * What a selection's folder holds, in the order of names. A URL without `/` at its end that names a
 * folder lists what is in it; one that names an object, that object.
 */
export async function* listSelection(
  store: ObjectStore,
  selection: Selection,
  { recursive, filter, signal }: ListOptions,
): AsyncGenerator<ListEntry> {
  const { kind, url, folderLength, matches } = selection
  const isDeep = recursive || kind === 'glob'
  const delimiter = isDeep ? undefined : '/'
  for await (const page of store.list({ prefix: url.key, delimiter, signal })) {
    for (const entry of page) {
      const key = entryKey(entry)
      if (kind === 'glob' && !matches(key)) continue
      if (kind === 'one' && !isSameOrBelow(url, key)) continue
      if (!filter(key.slice(folderLength))) continue
      yield entry
    }
  }
}

/** `a` names the object `a` and the folder `a/`, not `ab`. */
function isSameOrBelow(url: ObjectUrl, key: string): boolean {
  return key === url.key || key.startsWith(`${url.key}/`) || url.key.endsWith('/') || url.key === ''
}

import type { ListEntry } from './store.ts'

/** The key of an object, the prefix of a folder: where an entry stands in the order of a listing. */
export function entryKey(entry: ListEntry): string {
  if (entry.kind === 'object') return entry.object.key
  return entry.kind === 'prefix' ? entry.prefix : entry.key
}

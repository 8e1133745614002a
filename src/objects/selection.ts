import { lstatSync } from 'node:fs'
import { basename, join } from 'node:path'
import { FerryError } from '../core/errors.ts'
import { asFolder, type ObjectUrl, printObjectUrl } from '../formats/object-url.ts'
import type { ObjectInfo, ObjectStore } from '../stores/store.ts'
import { entryKey } from '../stores/entry-key.ts'
import { globMatcher, globStart, type NameFilter } from './name-filter.ts'

/** Objects that a command names by one URL. */
export interface Selection {
  readonly kind: 'one' | 'tree' | 'prefix' | 'glob'
  /** Its key is the object's, or the start of all keys. */
  readonly url: ObjectUrl
  /** How much of each key is the folder that names are told from. */
  readonly folderLength: number
  readonly matches: NameFilter
  /** The name of the folder, or of the object: what a copy of it is called in a folder. */
  readonly name: string
}

export interface SelectionOptions {
  readonly recursive: boolean
  /** The key is the start of all keys that are meant, wherever it ends. */
  readonly prefix: boolean
}

const ALL: NameFilter = () => true

/** What a URL names: one object, all below a folder, all with a prefix, or what a pattern matches. */
export function selectionOf(given: ObjectUrl, options: SelectionOptions): Selection {
  const url = splitAtGlob(given)
  const at = globStart(url.key)
  if (options.prefix) {
    const folderLength = url.key.lastIndexOf('/') + 1
    return { kind: 'prefix', url, folderLength, matches: ALL, name: '' }
  }
  if (at >= 0 && !isFile(url)) {
    const start = url.key.slice(0, at)
    const folderLength = start.lastIndexOf('/') + 1
    const matches = globMatcher(url.key)
    return { kind: 'glob', url: { ...url, key: start }, folderLength, matches, name: '' }
  }
  if (options.recursive && !isFile(url)) {
    const folder = asFolder(url)
    const name = basename(folder.key === '' ? folder.bucket : folder.key)
    return { kind: 'tree', url: folder, folderLength: folder.key.length, matches: ALL, name }
  }
  const folderLength = url.key.lastIndexOf('/') + 1
  return { kind: 'one', url, folderLength, matches: ALL, name: url.key.slice(folderLength) }
}

/** Where the folders of a path hold a pattern, the last folder before it is the bucket. */
function splitAtGlob(url: ObjectUrl): ObjectUrl {
  if (url.scheme !== 'file' || globStart(url.bucket) < 0) return url
  const path = join(url.bucket, url.key)
  if (exists(url.bucket)) return url // it is a folder's real name
  const cut = path.lastIndexOf('/', globStart(path))
  return { ...url, bucket: path.slice(0, cut) || '/', key: path.slice(cut + 1) }
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined
}

/** A local file whose name may well look like a pattern. */
function isFile(url: ObjectUrl): boolean {
  if (url.scheme !== 'file' || url.key === '') return false
  return lstatSync(join(url.bucket, url.key), { throwIfNoEntry: false })?.isDirectory() === false
}

/** An object that is meant, or a place where something is that cannot be read. */
export type Selected =
  | { readonly kind: 'object'; readonly object: ObjectInfo; readonly name: string }
  | { readonly kind: 'failure'; readonly key: string; readonly error: Error }

/**
 * The objects of a selection in the order of their keys.
 * @throws FerryError OBJECT_NOT_FOUND (the one), BUCKET_NOT_FOUND
 */
export async function* selectObjects(
  store: ObjectStore,
  selection: Selection,
  options: SelectObjectsOptions,
): AsyncGenerator<Selected> {
  for await (const page of selectPages(store, selection, options)) yield* page
}

export interface SelectObjectsOptions {
  readonly filter: NameFilter
  readonly signal: AbortSignal
}

/** The same, page by page: for who has little to do with each of very many. */
export async function* selectPages(
  store: ObjectStore,
  selection: Selection,
  { filter, signal }: SelectObjectsOptions,
): AsyncGenerator<readonly Selected[]> {
  const { kind, url, folderLength, matches } = selection
  if (kind === 'one') {
    const object = await store.stat(requireKey(url), { signal })
    yield [{ kind: 'object', object, name: selection.name }]
    return
  }
  for await (const page of store.list({ prefix: url.key, signal })) {
    const selected: Selected[] = []
    for (const entry of page) {
      const key = entryKey(entry)
      const name = key.slice(folderLength)
      if (!matches(key) || !filter(name)) continue
      if (entry.kind === 'object') selected.push({ kind: 'object', object: entry.object, name })
      if (entry.kind === 'failure') selected.push(entry)
    }
    yield selected
  }
}

function requireKey(url: ObjectUrl): string {
  if (url.key !== '' && !url.key.endsWith('/')) return url.key
  throw new FerryError('USAGE', `\`${printObjectUrl(url)}\` is a folder, not an object`, {
    hint: 'add --recursive for all that is in it',
  })
}

/** Nothing to do is an error where a user named something. */
export function nothingSelected(selection: Selection): FerryError {
  const what = { one: '', tree: '', prefix: '*', glob: '...' }[selection.kind]
  const message = `nothing matches \`${printObjectUrl(selection.url)}${what}\``
  return new FerryError('INPUT_MISSING', message, { hint: 'ferry ls -r shows what is there' })
}

import { isUtf8 } from 'node:buffer'
import { type BigIntStats, type Dirent, existsSync, opendirSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { FerryError, systemErrorCode } from '../../../core/errors.ts'
import { pathKeyFault, showKey, UPLOAD_NAME } from '../../../formats/object-key.ts'
import type { ListEntry, ListQuery } from '../../store.ts'
import { fileError, infoOf } from './paths.ts'

/** Few, as all of a page is in use at once, and V8 copies what is in use when it looks. */
const PAGE = 100

/**
 * The files of a folder in the order of keys. Holds a bounded number of names for each level that it
 * is down, and a page of entries.
 */
export async function* listFiles(
  root: string,
  { prefix, delimiter, signal }: ListQuery,
): AsyncIterable<readonly ListEntry[]> {
  signal.throwIfAborted()
  const cut = prefix.lastIndexOf('/') + 1
  const start = prefix.slice(0, cut)
  await assertFolder(root)
  if (start !== '' && pathKeyFault(start.slice(0, -1)) !== undefined) return // nothing can be there
  const base = join(root, 'x').slice(0, -1)
  const isDeep = delimiter === undefined
  const walk: Walk = { root, base, isDeep, ancestors: [], entries: [], signal }
  yield* walkFolder(walk, start, prefix.slice(cut))
  if (walk.entries.length > 0) yield walk.entries
}

interface Walk {
  readonly root: string
  /** What a key is the path of a file behind. */
  readonly base: string
  readonly isDeep: boolean
  /** Device and number of the folders above, so that links cannot lead in circles. */
  readonly ancestors: readonly string[]
  /** Found, and not yet handed out. */
  readonly entries: ListEntry[]
  readonly signal: AbortSignal
}

type Pages = AsyncGenerator<readonly ListEntry[]>

/** Yields full pages; a step for each file would take longer than to look at it. */
async function* walkFolder(walk: Walk, folder: string, begins: string): Pages {
  const { root, signal } = walk
  const path = join(root, folder)
  try {
    const { dev, ino } = statSync(path, { bigint: true })
    const self = `${dev}:${ino}`
    if (walk.ancestors.includes(self)) {
      const message = `\`${showKey(path)}\` is a link to a folder that it lies in`
      const error = new FerryError('DATA_INVALID', message)
      walk.entries.push({ kind: 'failure', key: folder, error })
      return
    }
    const inside = { ...walk, ancestors: [...walk.ancestors, self] }
    for await (const names of sortedNames(path, begins, signal)) {
      yield* walkNames(inside, folder, names)
    }
  } catch (error) {
    signal.throwIfAborted()
    // Below the root, a folder that went away in between or is a file has no objects.
    const code = systemErrorCode(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      await assertFolder(root) // gone with all that was in it: not the same as nothing more
      return
    }
    if (error instanceof FerryError) throw error
    const failure = asError(fileError(error, root, folder))
    walk.entries.push({ kind: 'failure', key: folder, error: failure })
  }
}

async function* walkNames(walk: Walk, folder: string, names: readonly string[]): Pages {
  const { isDeep, entries, signal } = walk
  for (const name of names) {
    const key = folder + decoded(name)
    if (!key.endsWith('/')) entries.push(fileEntry(walk, key))
    else if (isDeep) yield* walkFolder(walk, key, '')
    else entries.push({ kind: 'prefix', prefix: key })
    if (entries.length < PAGE) continue
    yield entries.splice(0)
    signal.throwIfAborted()
  }
}

/** Names of a folder that are held at once; twice as many while they are sorted. */
const MOST_NAMES = 50_000

/**
 * Names that start with `begins`, in the order of keys; those of folders with a `/` at the end, which
 * is where their keys sort. A folder with more names than are held is read again for the next ones,
 * as services do page by page: so memory does not grow with it, and nothing is written anywhere.
 */
async function* sortedNames(
  path: string,
  begins: string,
  signal: AbortSignal,
): AsyncGenerator<readonly string[]> {
  const start = Buffer.from(begins).toString('latin1')
  let names: readonly string[]
  let after = ''
  do {
    names = await smallestNames(path, { start, after, signal })
    yield names
    after = names.at(-1) ?? after
  } while (names.length === MOST_NAMES)
}

interface Wanted {
  readonly start: string
  readonly after: string
  readonly signal: AbortSignal
}

/** Names that are read in one go, which takes some milliseconds, before others have their turn. */
const GO = 8_192

/**
 * The first of a folder's names behind `after`. A name is its bytes, a character each (`latin1`):
 * such strings compare as keys do, at little cost, and keep apart what is not UTF-8.
 */
async function smallestNames(
  path: string,
  { start, after, signal }: Wanted,
): Promise<readonly string[]> {
  const names: string[] = []
  let largest: string | undefined
  let read = 0
  const folder = opendirSync(path, { bufferSize: 1_024, encoding: 'latin1' as BufferEncoding })
  try {
    for (let entry = folder.readSync(); entry !== null; entry = folder.readSync()) {
      if (++read % GO === 0) await setImmediate()
      signal.throwIfAborted()
      if (!entry.name.startsWith(start) || UPLOAD_NAME.test(entry.name)) continue
      const name = isFolder(path, entry) ? `${entry.name}/` : entry.name
      if (name <= after || (largest !== undefined && name > largest)) continue
      names.push(name)
      if (names.length < 2 * MOST_NAMES) continue
      keepSmallest(names)
      largest = names.at(-1)
    }
  } finally {
    folder.closeSync()
  }
  return keepSmallest(names)
}

function keepSmallest(names: string[]): readonly string[] {
  names.sort()
  names.length = Math.min(names.length, MOST_NAMES)
  return names
}

// oxlint-disable-next-line no-control-regex -- all of ASCII is meant
const ASCII = /^[\0-\x7f]*$/

function decoded(name: string): string {
  if (ASCII.test(name)) return name
  const bytes = Buffer.from(name, 'latin1')
  return isUtf8(bytes) ? bytes.toString() : `${bytes.toString()}${NOT_UTF8}`
}

function isFolder(path: string, entry: Dirent): boolean {
  if (!entry.isSymbolicLink()) return entry.isDirectory()
  return leadsToFolder(join(path, Buffer.from(entry.name, 'latin1').toString()))
}

/** No name has one: marks those whose bytes cannot be a key. */
const NOT_UTF8 = '\0'

function leadsToFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false // where it leads is told when it is its turn
  }
}

function fileEntry({ root, base }: Walk, key: string): ListEntry {
  if (key.endsWith(NOT_UTF8)) {
    const shown = showKey(join(root, key.slice(0, -1)))
    const error = new FerryError('KEY_INVALID', `the name of \`${shown}\` is not UTF-8`, {
      hint: 'rename the file (convmv does many)',
    })
    return { kind: 'failure', key: key.slice(0, -1), error }
  }
  let stats: BigIntStats
  try {
    // Not asynchronous: a page of them takes 5 ms so, and 40 through the thread pool.
    stats = statSync(base + key, { bigint: true })
  } catch (error) {
    return { kind: 'failure', key, error: asError(brokenLink(error, root, key)) }
  }
  if (stats.isFile()) return { kind: 'object', object: infoOf(key, stats) }
  const message = `\`${showKey(join(root, key))}\` is neither a file nor a folder`
  const error = new FerryError('DATA_INVALID', message, { hint: LEAVE_OUT })
  return { kind: 'failure', key, error }
}

const LEAVE_OUT = 'remove it, or leave it out with --exclude'

function brokenLink(error: unknown, root: string, key: string): unknown {
  if (systemErrorCode(error) !== 'ENOENT') return fileError(error, root, key)
  const message = `\`${showKey(join(root, key))}\` leads nowhere, or was removed meanwhile`
  return new FerryError('INPUT_MISSING', message, { cause: error, hint: LEAVE_OUT })
}

/** @throws FerryError BUCKET_NOT_FOUND, DENIED */
export async function assertFolder(root: string): Promise<void> {
  try {
    if (statSync(root).isDirectory()) return
  } catch (error) {
    const code = systemErrorCode(error)
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw fileError(error, root, '')
  }
  throw new FerryError('BUCKET_NOT_FOUND', `the folder \`${showKey(root)}\` does not exist`, {
    hint: whereItEnds(root),
  })
}

/** Nothing is gained by making a folder that is to be read: how much of its path is right helps more. */
function whereItEnds(root: string): string {
  let missing = ''
  let path = resolve(root)
  while (!existsSync(path) && dirname(path) !== path) {
    missing = basename(path)
    path = dirname(path)
  }
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
  const what = isFolder ? `has no \`${showKey(missing)}\` in it` : 'is no folder'
  return `check its name: \`${showKey(path)}\` ${what}`
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}

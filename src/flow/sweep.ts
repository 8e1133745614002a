import { lstat, readdir, rm } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { asLocalIoError, FerryError, systemErrorCode } from '../core/errors.ts'
import type { MakeDatabase } from './make-database.ts'
import type { UnfinishedTarget } from './unfinished.ts'

export interface SweepResult {
  /** Paths relative to the project. */
  readonly removed: readonly string[]
  /** Folders that are targets: they stay, as what they hold may be anybody's. */
  readonly keptFolders: readonly string[]
}

/**
 * Removes the outputs of unfinished targets, and their temporary files (`NAME.tmp-*`), so that make
 * makes them anew. Touches files inside the project only, never a makefile. A target that make's
 * database does not know is removed only when it was written after its command began.
 * @throws FerryError LOCAL_IO when one cannot be removed: the night must not go on with it
 */
export async function removeOutputs(
  project: string,
  unfinished: readonly UnfinishedTarget[],
  database: MakeDatabase,
): Promise<SweepResult> {
  const removed: string[] = []
  const keptFolders: string[] = []
  for (const target of unfinished) {
    for (const output of target.outputs) {
      if (!isInside(project, output) || isProtected(output, database)) continue
      const path = resolve(project, output)
      const status = await statusOf(path)
      const isOld = !target.isKnown && (status?.mtimeMs ?? 0) < Date.parse(target.begunAt) - 1_000
      if (status?.isDirectory() === true) keptFolders.push(output)
      else if (status !== undefined && !isOld) {
        await remove(path)
        removed.push(output)
      }
      for (const temporary of await temporariesOf(path)) {
        await remove(temporary)
        removed.push(relative(project, temporary))
      }
    }
  }
  return { removed, keptFolders }
}

/**
 * After the machine went down: what was written after the last sync may be empty or torn on the
 * disk, although its command ended well. Names every target's file of that time.
 */
export async function findUnsynced(
  project: string,
  database: MakeDatabase,
  syncedAt: Date,
  bootedAt: Date,
): Promise<UnfinishedTarget[]> {
  const found: UnfinishedTarget[] = []
  for (const target of database.targets.values()) {
    if (!target.isTarget || target.phony || target.recipes.length === 0) continue
    const mtimeMs = (await statusOf(resolve(project, target.name)))?.mtimeMs
    if (mtimeMs === undefined || mtimeMs < syncedAt.getTime() || mtimeMs > bootedAt.getTime())
      continue
    found.push({
      target: target.name,
      outputs: [target.name],
      reason: 'never ended',
      begunAt: syncedAt.toISOString(),
      isKnown: true,
    })
  }
  return found
}

function isInside(project: string, name: string): boolean {
  const path = relative(project, resolve(project, name))
  return path !== '' && path !== '..' && !path.startsWith(`..${sep}`) && !path.startsWith(sep)
}

/** Makefiles (they are remade in place and whole, .ferry/rules.mk too) and what Ferry keeps. */
function isProtected(name: string, database: MakeDatabase): boolean {
  return database.makefiles.includes(name) || /^(?:\.\/)?\.ferry\//.test(name)
}

async function temporariesOf(path: string): Promise<string[]> {
  const prefix = `${basename(path)}.tmp-`
  try {
    const names = await readdir(dirname(path))
    return names.filter(name => name.startsWith(prefix)).map(name => join(dirname(path), name))
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemErrorCode(error) ?? '')) return []
    throw asLocalIoError(error, dirname(path))
  }
}

async function remove(path: string): Promise<void> {
  try {
    await rm(path, { force: true, recursive: false })
  } catch (error) {
    if (systemErrorCode(error) === 'ERR_FS_EISDIR') return
    throw new FerryError('LOCAL_IO', `cannot remove the half output \`${path}\``, {
      hint: 'remove it by hand, or make its folder writable',
      cause: error,
    })
  }
}

async function statusOf(path: string): Promise<Awaited<ReturnType<typeof lstat>> | undefined> {
  try {
    return await lstat(path)
  } catch (error) {
    const code = systemErrorCode(error)
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG') return undefined
    throw asLocalIoError(error, path)
  }
}

import { readFileSync } from 'node:fs'
import { mkdir, open, readFile, rename, rm, utimes } from 'node:fs/promises'
import { dirname } from 'node:path'
import { asLocalIoError, systemErrorCode } from './errors.ts'
import { temporaryName } from './temporary-name.ts'

/**
 * Writes a whole file or leaves the old one: a temporary file beside it, synced, then renamed.
 * Folders on the way are made. @throws FerryError LOCAL_IO, DENIED
 */
export async function writeFileAtomically(
  path: string,
  content: string | Uint8Array,
): Promise<void> {
  const temporary = temporaryName(path)
  try {
    await mkdir(dirname(path), { recursive: true })
    const file = await open(temporary, 'wx')
    try {
      await file.writeFile(content)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw asLocalIoError(error, path)
  }
}

/**
 * Like writeFileAtomically, but an equal file is left as it is; only its time stamp is renewed, so
 * that make sees it as up to date. Returns whether the content changed.
 */
export async function writeFileIfChanged(path: string, content: string): Promise<boolean> {
  if ((await readIfPresent(path)) === content) {
    const now = new Date()
    await utimes(path, now, now)
    return false
  }
  await writeFileAtomically(path, content)
  return true
}

/** The text of a file, or undefined when there is none. Every other failure is thrown. */
export async function readIfPresent(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined
    throw asLocalIoError(error, path)
  }
}

/** The same at once: for small files, where a thread and the way back take longer than the reading. */
export function readIfPresentNow(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined
    throw asLocalIoError(error, path)
  }
}

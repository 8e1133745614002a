import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { systemErrorCode } from './errors.ts'
import { temporaryName } from './temporary-name.ts'

/*
 * Files that can be made again from others, and are kept to spare that. So nothing of them is a reason
 * to fail, and they are not synced: whoever reads one checks what it was made from.
 */

/** The text that is kept; empty where none is, or none can be read. */
export function readKeptText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error
    return ''
  }
}

/** Keeps a text or bytes, whole or not at all. */
export function keepText(path: string, text: string | Uint8Array): void {
  const temporary = temporaryName(path)
  try {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(temporary, text)
    renameSync(temporary, path)
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error
    rmSync(temporary, { force: true })
  }
}

import { createHash } from 'node:crypto'
import { lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { systemErrorCode } from '../../core/errors.ts'

/** The files of a folder of logs at one moment. */
export interface LogsLook {
  readonly files: readonly FoundLog[]
  /** Of names, sizes and times, as a digest with the newest of the times, so that one can tell what has just been written. */
  readonly stamp: string
}

export interface FoundLog {
  readonly name: string
  /** In bytes. */
  readonly size: number
  readonly mtimeMs: number
}

/** At once: a thread and the way back would take ten times as long. @throws Error of the file system */
export function lookAtLogs(folder: string): LogsLook {
  const digest = createHash('sha256')
  const files: FoundLog[] = []
  let newest = 0
  let said = ''
  for (const name of namesAtOnce(folder)) {
    const found = lstatSync(join(folder, name), { throwIfNoEntry: false })
    if (found === undefined) continue
    const { size, mtimeMs } = found
    said += `${name} ${size} ${mtimeMs} ${found.ino}\n`
    newest = Math.max(newest, mtimeMs)
    if (found.isFile()) files.push({ name, size, mtimeMs })
  }
  digest.update(said)
  return { files, stamp: `${digest.digest('base64url')}:${Math.round(newest)}:` }
}

function namesAtOnce(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemErrorCode(error) ?? '')) return []
    throw error
  }
}

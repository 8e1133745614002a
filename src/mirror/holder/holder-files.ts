import { createHash } from 'node:crypto'
import { lstat, mkdir } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { asLocalIoError, FerryError } from '../../core/errors.ts'

/** The files of the process that holds a source's moment. */
export interface HolderFiles {
  /** In a folder that only this user may enter, where the project's path is too long for a socket. */
  readonly socket: string
  /** Held by the holder while it takes leases. */
  readonly lock: string
  /** Held by whoever starts one. */
  readonly startLock: string
  readonly log: string
}

/** A Unix socket's path has at most 107 bytes; macOS has 103. */
const MAX_SOCKET_PATH_BYTES = 100

/** Makes the folders. @throws FerryError LOCAL_IO, DENIED */
export async function holderFiles(projectDirectory: string, source: string): Promise<HolderFiles> {
  const state = join(projectDirectory, '.ferry/mirror')
  const base = join(state, encodeURIComponent(source))
  const isLong = Buffer.byteLength(`${base}.sock`) > MAX_SOCKET_PATH_BYTES
  const own = join(tmpdir(), `ferry-${userInfo().uid}`)
  try {
    await mkdir(state, { recursive: true })
    if (isLong) await mkdir(own, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw asLocalIoError(error, state)
  }
  if (isLong) await assertPrivate(own)
  const short = createHash('sha256').update(base).digest('hex').slice(0, 32)
  return {
    socket: isLong ? join(own, `mirror-${short}.sock`) : `${base}.sock`,
    lock: `${base}.lock`,
    startLock: `${base}.start.lock`,
    log: `${base}.log`,
  }
}

async function assertPrivate(folder: string): Promise<void> {
  const found = await lstat(folder)
  if (found.isDirectory() && (found.mode & 0o077) === 0 && found.uid === userInfo().uid) return
  throw new FerryError('DENIED', `\`${folder}\` is open to other users`, {
    hint: `remove it, or make it yours: chmod 700 ${folder}`,
  })
}

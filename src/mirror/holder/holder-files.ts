import { createHash } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { asLocalIoError } from '../../core/errors.ts'
import { makePrivateDirectory, socketPlace } from '../../core/unix-socket.ts'

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

/** Makes the folders. @throws FerryError LOCAL_IO, DENIED */
export async function holderFiles(projectDirectory: string, source: string): Promise<HolderFiles> {
  const state = join(projectDirectory, '.ferry/mirror')
  const base = join(state, encodeURIComponent(source))
  const short = createHash('sha256').update(base).digest('hex').slice(0, 32)
  const place = socketPlace(`${base}.sock`, `mirror-${short}.sock`)
  try {
    await mkdir(state, { recursive: true })
  } catch (error) {
    throw asLocalIoError(error, state)
  }
  if (place.privateDirectory !== undefined) await makePrivateDirectory(place.privateDirectory)
  return {
    socket: place.path,
    lock: `${base}.lock`,
    startLock: `${base}.start.lock`,
    log: `${base}.log`,
  }
}

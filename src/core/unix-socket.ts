import { once } from 'node:events'
import { lstat, mkdir } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { asLocalIoError, FerryError, systemErrorCode } from './errors.ts'

/** A Unix socket's path has at most 107 bytes on Linux and 103 on macOS. */
const MAX_SOCKET_PATH_BYTES = 100

export interface SocketPlace {
  readonly path: string
  /** Set when the socket is not where it was wanted: a folder that only this user may enter. */
  readonly privateDirectory: string | undefined
}

/** Where a socket goes: to `wanted`, or, where that path is too long, under `short` to a folder of the user's own. */
export function socketPlace(wanted: string, short: string): SocketPlace {
  if (Buffer.byteLength(wanted) <= MAX_SOCKET_PATH_BYTES) {
    return { path: wanted, privateDirectory: undefined }
  }
  const privateDirectory = join(tmpdir(), `ferry-${userInfo().uid}`)
  return { path: join(privateDirectory, short), privateDirectory }
}

/** Makes a folder that only this user may enter. @throws FerryError LOCAL_IO, DENIED (others may) */
export async function makePrivateDirectory(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw asLocalIoError(error, folder)
  }
  const found = await lstat(folder)
  if (found.isDirectory() && (found.mode & 0o077) === 0 && found.uid === userInfo().uid) return
  throw new FerryError('DENIED', `\`${folder}\` is open to other users`, {
    hint: `remove it, or make it yours: chmod 700 ${folder}`,
  })
}

const NOBODY = new Set(['ENOENT', 'ECONNREFUSED', 'EAGAIN'])

/** A connection to a socket, or undefined when nobody listens there. @throws Error as the system says */
export async function connectTo(path: string): Promise<Socket | undefined> {
  const socket = connect(path)
  try {
    await once(socket, 'connect')
    return socket
  } catch (error) {
    socket.destroy()
    if (NOBODY.has(systemErrorCode(error) ?? '')) return undefined
    throw error
  }
}

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { systemErrorCode } from '../../core/errors.ts'

const NOBODY = new Set(['ENOENT', 'ECONNREFUSED', 'EAGAIN'])

/** A connection to a socket, or undefined when nobody listens there. */
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

import type { Socket } from 'node:net'
import { FerryError, fromErrorRecord, systemErrorCode } from '../../core/errors.ts'
import { connectTo } from '../../core/unix-socket.ts'
import { type Frame, readFrames, type Reply, type Request, sendFrame } from './frames.ts'

/** A connection to the owner. One request at a time, `cancel` excepted. */
export class OwnerLink {
  readonly #socket: Socket
  readonly #frames: AsyncGenerator<Frame<Reply>, void>

  constructor(socket: Socket) {
    this.#socket = socket
    // A request that meets an owner who has just gone fails before anybody reads: the reading tells of it.
    socket.on('error', () => {})
    this.#frames = readFrames<Reply>(socket)
  }

  async send(request: Request): Promise<void> {
    await sendFrame(this.#socket, request)
  }

  /** The next frame. @throws FerryError what the owner reports; TRANSIENT when it is gone */
  async receive(): Promise<Frame<Reply>> {
    const next = await this.#frames.next().catch(lost)
    if (next.done === true) return lost(undefined)
    const { header } = next.value
    if (header.kind === 'error') throw fromErrorRecord(header.error)
    return next.value
  }

  /** Sends a request that is answered by one frame. */
  async ask(request: Request): Promise<Reply> {
    await this.send(request)
    return (await this.receive()).header
  }

  close(): void {
    this.#socket.destroy()
  }

  /** An open link does not keep the process from ending. */
  unref(): void {
    this.#socket.unref()
  }
}

function lost(cause: unknown): never {
  throw new FerryError('TRANSIENT', 'the process that owns the warehouse went away', {
    cause,
    hint: 'try again: it is started anew, with all that was committed',
    details: { lost: true },
  })
}

/** Whether a failure is that of a vanished owner, not one it reported. */
export function isLost(error: unknown): boolean {
  return error instanceof FerryError && error.details['lost'] === true
}

/** Connects to the socket, or returns undefined when nobody listens there. */
export async function tryLink(socketPath: string): Promise<OwnerLink | undefined> {
  try {
    const socket = await connectTo(socketPath)
    return socket === undefined ? undefined : new OwnerLink(socket)
  } catch (error) {
    if (systemErrorCode(error) !== 'EACCES') throw error
    throw new FerryError('DENIED', `the warehouse at \`${socketPath}\` belongs to another user`, {
      cause: error,
    })
  }
}

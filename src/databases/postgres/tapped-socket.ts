import { Socket } from 'node:net'
import type { Readable } from 'node:stream'

/** Takes what came; the bytes are another's afterwards. False: nothing more until `resume`. */
export type Receiver = (shared: Buffer) => boolean

/** A way to the bytes of the driver's socket, past the driver. */
export interface Tap {
  /** From now on everything goes to `receiver`. */
  readonly take: (receiver: Receiver) => void
  /** From now on everything goes to the driver again, `rest` first. */
  readonly giveBack: (rest: Buffer) => void
  readonly resume: () => void
  /** All pieces come in one buffer, as large as there is something to read. */
  readonly isShared: boolean
}

/** Largest piece that is read at once: what comes is in the processor's cache when it is looked at. */
export const LARGEST_PIECE = 131_072
/** One for all connections of a thread: who receives a piece is done with it when he returns. */
const shared = Buffer.allocUnsafeSlow(LARGEST_PIECE)

interface Tapped {
  receiver: Receiver | undefined
}

const tapped = new WeakMap<Readable, Tapped>()

/**
 * A socket that reads into one buffer, again and again: otherwise Node allocates 64 KB for each read,
 * and what collects them was the largest item of a mirror (docs/performance.md). The driver, which keeps
 * what it is given, gets copies.
 */
export function openTappedSocket(): Socket {
  const state: Tapped = { receiver: undefined }
  const callback = (length: number): boolean => {
    const piece = shared.subarray(0, length)
    if (state.receiver !== undefined) return state.receiver(piece)
    socket.emit('data', Buffer.from(piece))
    return true
  }
  const socket = new Socket({ onread: { buffer: shared, callback } })
  tapped.set(socket, state)
  return socket
}

/** Of any socket of the driver's: encrypted ones come in Node's own buffers. */
export function tapOf(socket: Readable): Tap {
  const state = tapped.get(socket)
  return state === undefined ? listeningTap(socket) : sharedTap(socket, state)
}

function sharedTap(socket: Readable, state: Tapped): Tap {
  return {
    take: receiver => void (state.receiver = receiver),
    giveBack: rest => {
      state.receiver = undefined
      socket.emit('data', rest)
    },
    resume: () => void socket.resume(),
    isShared: true,
  }
}

type Listener = (chunk: Buffer) => void

function listeningTap(socket: Readable): Tap {
  const [driver] = socket.listeners('data') as [Listener] // the driver's own, the only one
  let own: Listener | undefined
  return {
    take: receiver => {
      own = chunk => {
        if (!receiver(chunk)) socket.pause()
      }
      socket.off('data', driver).on('data', own)
    },
    giveBack: rest => {
      if (own !== undefined) socket.off('data', own)
      socket.on('data', driver).resume()
      driver(rest)
    },
    resume: () => void socket.resume(),
    isShared: false,
  }
}

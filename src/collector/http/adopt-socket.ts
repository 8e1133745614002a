import { Socket, type SocketConstructorOpts } from 'node:net'

/** Largest piece that is read at once; one for all connections of a thread. */
const shared = Buffer.allocUnsafeSlow(65_536)

/** What `net.Socket` keeps of the system's socket; no part of Node's documented interface. */
interface WithHandle {
  _handle: { readonly useUserBuffer?: unknown } | null
}

/**
 * Makes a socket that was accepted, and not read yet, give what it reads to `receive`, in a buffer
 * that is used again afterwards. Otherwise Node allocates 64 KB for each read and collects them
 * later, a tenth of what a request costs (docs/performance.md). `onread` is documented for sockets
 * that one makes oneself; to hand the accepted connection to such a one, its handle has to be moved,
 * which is not. Where there is none to move, the socket's own buffers do.
 */
export function adopt(accepted: Socket, receive: (shared: Buffer) => void): Socket {
  const shell = accepted as unknown as WithHandle
  const handle = shell._handle
  if (handle?.useUserBuffer === undefined) {
    accepted.on('data', receive)
    return accepted
  }
  shell._handle = null
  accepted.destroy() // the empty shell, so that its server counts it no more
  const onread = {
    buffer: shared,
    callback: (length: number): boolean => {
      receive(shared.subarray(0, length))
      return true
    },
  }
  const options = { handle, onread, allowHalfOpen: true, readable: true, writable: true }
  // Node's own types know only one kind of handle.
  return new Socket(options as unknown as SocketConstructorOpts)
}

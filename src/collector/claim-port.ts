import { createServer, type ListenOptions } from 'node:net'
import { FerryError, systemErrorCode } from '../core/errors.ts'

export interface ClaimedPort {
  release(): void
}

/**
 * Makes sure that nobody else listens on an address. Workers share their port (SO_REUSEPORT), and the
 * kernel would let another collector of the same user share it too: half of its requests, unnoticed.
 * So the port is taken once as nobody can who shares it, and given back for the workers; and two that
 * start at the same instant meet at a name that one of them has for as long as it lives (Linux).
 * @throws FerryError BUSY
 */
export async function claimPort(host: string, port: number): Promise<ClaimedPort> {
  if (port === 0) return { release: () => {} } // the kernel chooses one that is free
  const releaseName =
    process.platform === 'linux'
      ? await hold({ path: `\0ferry-collect ${host} ${port}` }, `${host}:${port}`)
      : undefined
  try {
    const releasePort = await hold({ host, port }, `${host}:${port}`)
    await releasePort?.()
  } catch (error) {
    await releaseName?.()
    throw error
  }
  return { release: () => void releaseName?.() }
}

/** Undefined where it cannot be had for another reason, which the workers will tell. */
async function hold(
  options: ListenOptions,
  address: string,
): Promise<(() => Promise<void>) | undefined> {
  const server = createServer(socket => socket.destroy())
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen({ ...options, exclusive: true }, resolve)
  try {
    await promise
  } catch (error) {
    if (systemErrorCode(error) !== 'EADDRINUSE') return undefined
    throw new FerryError('BUSY', `cannot listen: another program has ${address}`, {
      cause: error,
      hint: 'choose another one with --listen, or stop that program (ss -ltnp shows which)',
    })
  }
  server.unref()
  return () => new Promise(done => server.close(() => done()))
}

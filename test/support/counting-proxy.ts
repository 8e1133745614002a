import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** Passes everything on to a server, and counts it. */
export interface CountingProxy extends AsyncDisposable {
  readonly endpoint: string
  /** Bytes that went to the server, and came from it. */
  sent: number
  received: number
  /** Called after each piece. */
  onBytes: () => void
  /** Ends what is under way, and lets nobody in until it is `false` again. */
  isCut: boolean
}

export async function startCountingProxy(serverPort: number): Promise<CountingProxy> {
  const sockets = new Set<Socket>()
  let isCut = false
  const server = createServer(client => {
    if (isCut) {
      client.destroy()
      return
    }
    const upstream = connect(serverPort, '127.0.0.1')
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => {}) // a client that was killed
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        upstream.destroy()
      })
    }
    client.on('data', bytes => {
      proxy.sent += bytes.length
      proxy.onBytes()
    })
    upstream.on('data', bytes => {
      proxy.received += bytes.length
      proxy.onBytes()
    })
    client.pipe(upstream)
    upstream.pipe(client)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const proxy: CountingProxy = {
    endpoint: `http://127.0.0.1:${port}`,
    sent: 0,
    received: 0,
    onBytes: () => {},
    get isCut() {
      return isCut
    },
    set isCut(cut) {
      isCut = cut
      if (cut) for (const socket of sockets) socket.destroy()
    },
    async [Symbol.asyncDispose]() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
  return proxy
}

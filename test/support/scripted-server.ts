import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'

export interface ScriptedRequest {
  readonly method: string
  /** As it came: nothing is decoded or put right. */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  /** How many came before it. */
  readonly number: number
}

/** What a script says to a request: an answer, or what it does with the connection. */
export type ScriptedAnswer =
  | {
      readonly status?: number
      readonly headers?: Readonly<Record<string, string>>
      readonly body?: string | Buffer
      /** Announce this length, send `body`, and close, or go silent. */
      readonly cutFrom?: number
      readonly isSilent?: boolean
    }
  | 'hang'
  | 'reset'

export interface ScriptedServer extends AsyncDisposable {
  readonly url: string
  readonly requests: readonly ScriptedRequest[]
}

/** A server whose answers a test gives one by one, as no real server can be made to. */
export async function startScripted(
  script: (request: ScriptedRequest) => ScriptedAnswer | Promise<ScriptedAnswer>,
): Promise<ScriptedServer> {
  const requests: ScriptedRequest[] = []
  const sockets = new Set<Socket>()
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await buffer(request)
    const [path = '', search = ''] = (request.url ?? '').split('?')
    const { method = '', headers } = request
    const query = new URLSearchParams(search)
    const told = { method, path, query, headers, body, number: requests.length }
    requests.push(told)
    give(await script(told), response)
  }
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy()) // who asked is gone
  })
  server.on('connection', socket => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // it listens on TCP
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

function give(answer: ScriptedAnswer, response: ServerResponse): void {
  if (answer === 'hang') return
  if (answer === 'reset') {
    response.socket?.resetAndDestroy()
    return
  }
  const { status = 200, headers = {}, body = '', cutFrom, isSilent } = answer
  const length = cutFrom ?? Buffer.byteLength(body)
  response.writeHead(status, { 'content-length': String(length), ...headers })
  response.write(body, () => {
    if (cutFrom === undefined) response.end()
    else if (isSilent !== true) response.socket?.destroy()
  })
  if (body === '' && isSilent !== true) response.end()
}

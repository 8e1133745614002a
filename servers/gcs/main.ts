/** Runs the service as a process of its own: PORT, and its tokens, as JSON in FERRY_GCS_TOKENS. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Call } from './call.ts'
import type { Tokens } from './access.ts'
import { Service } from './service.ts'

const port = Number(process.argv[2])
const tokens = JSON.parse(process.env['FERRY_GCS_TOKENS'] ?? '') as Tokens // servers/gcs.ts made it
const service = new Service(tokens)

const server = createServer((request, response) => void serve(request, response))
server.requestTimeout = 0
server.keepAliveTimeout = 60_000
server.listen(port, '127.0.0.1')

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const { status, headers, body } = service.answer(await readCall(request))
    const length = { 'content-length': String(body.length) }
    response.writeHead(status, { ...headers, ...(status === 204 ? {} : length) }).end(body)
  } catch {
    response.destroy() // the request was cut off
  }
}

async function readCall(request: IncomingMessage): Promise<Call> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk)) // throws when it is cut off
  const [path = '', query = ''] = (request.url ?? '/').split('?', 2)
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
  )
  return {
    method: request.method ?? 'GET',
    path,
    query: new URLSearchParams(query),
    headers,
    body: Buffer.concat(chunks),
    origin: `http://${request.headers.host}`,
  }
}

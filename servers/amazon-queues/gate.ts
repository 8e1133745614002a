/**
 * The gate before moto, which believes every signature: it refuses what is not signed by somebody
 * known, or is not what was signed, in the words of the service, and leaves all else to moto.
 */
import { createHash } from 'node:crypto'
import {
  Agent,
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import { ask, readAll } from '../faults/exchange.ts'
import { Refusal } from '../s3/call.ts'
import { type Verifier, verifySignature } from '../s3/signature.ts'

export function createGate(motoPort: number, verifier: Verifier): Server {
  const moto = { port: motoPort, agent: new Agent({ keepAlive: true, maxSockets: 16 }) }
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      const body = await readAll(request)
      const { method = 'GET', url = '/', headers, rawHeaders } = request
      verify({ method, url, headers }, body, verifier)
      const answer = await ask(moto, { method, url, headers: rawHeaders, body })
      response.writeHead(answer.status, [...answer.headers])
      response.end(answer.body)
    } catch (error) {
      if (error instanceof Refusal) refuse(request, response, error)
      else response.destroy() // the client is gone, or moto is
    }
  }
  const server = createServer((request, response) => void serve(request, response))
  server.keepAliveTimeout = 60_000
  return server
}

function verify(
  { method, url, headers }: Pick<IncomingMessage, 'headers'> & { method: string; url: string },
  body: Buffer,
  verifier: Verifier,
): void {
  const [rawPath = '/', query = ''] = url.split('?')
  const hash = createHash('sha256').update(body).digest('hex')
  verifySignature(
    {
      method,
      rawPath,
      query: new URLSearchParams(query),
      // What was signed is the hash of the body; of other clients it is no header.
      headers: { ...headers, 'x-amz-content-sha256': hash },
      bucket: '',
      key: '',
      body,
    },
    verifier,
  )
}

function refuse(request: IncomingMessage, response: ServerResponse, refusal: Refusal): void {
  const isJson = request.headers['x-amz-target'] !== undefined
  const { status, message } = refusal
  const code = refusal.code === 'InvalidAccessKeyId' ? 'InvalidClientTokenId' : refusal.code
  const text = isJson
    ? JSON.stringify({ __type: `com.amazonaws.sqs#${code}`, message })
    : `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`
  response.writeHead(status, {
    'content-type': isJson ? 'application/x-amz-json-1.0' : 'text/xml',
  })
  response.end(text)
}

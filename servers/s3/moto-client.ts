import { Agent, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http'
import type { Call } from './call.ts'

/** An answer of moto's whose body has not been read. */
export type Answer = IncomingMessage

export interface Forwarded {
  readonly method: string
  /** Path and query. */
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** What the gate has dealt with itself, and moto shall not see. */
const DEALT_WITH =
  /^(if-none-match|if-match|content-md5|x-amz-content-sha256|x-amz-decoded-content-length|x-amz-trailer|x-amz-checksum-.*|x-amz-sdk-checksum-.*|x-amz-mp-object-size|expect|connection|transfer-encoding|content-length)$/

/** Moto lets nobody read who says no name, but asks for no proof of it. */
const SOMEBODY = {
  authorization: 'AWS4-HMAC-SHA256 Credential=gate/20000101/us-east-1/s3/aws4_request',
}
const NOTHING = Buffer.alloc(0)

export class MotoClient {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 16 })
  readonly #port: number

  constructor(port: number) {
    this.#port = port
  }

  async send({ method, path, headers, body }: Forwarded): Promise<Answer> {
    const outgoing = request({
      host: '127.0.0.1',
      port: this.#port,
      agent: this.#agent,
      method,
      path,
      headers: { ...headers, host: '127.0.0.1', 'content-length': body.length },
    })
    outgoing.end(body)
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    outgoing.once('response', resolve).once('error', reject)
    return promise
  }

  /** The ETag of the object at a path, if there is one. */
  async etagOf(path: string): Promise<string | undefined> {
    const answer = await this.send({ method: 'HEAD', path, headers: SOMEBODY, body: NOTHING })
    answer.resume()
    return answer.statusCode === 200 ? answer.headers.etag : undefined
  }

  async contentOf(path: string): Promise<Buffer> {
    return readAll(await this.send({ method: 'GET', path, headers: SOMEBODY, body: NOTHING }))
  }
}

/** A call as moto gets it: without what the gate has verified, its content in one piece. */
export function forwarded(call: Call, url: string, body: Buffer): Forwarded {
  const headers = Object.entries(call.headers).filter(([name]) => {
    const isConditionOfRead = name.startsWith('if-') && ['GET', 'HEAD'].includes(call.method)
    return isConditionOfRead || !DEALT_WITH.test(name)
  })
  const kept: IncomingHttpHeaders = Object.fromEntries(headers)
  const encodings = (kept['content-encoding'] ?? '').split(/, */)
  const encoding = encodings.filter(one => one !== 'aws-chunked' && one !== '').join(', ')
  delete kept['content-encoding']
  if (encoding !== '') kept['content-encoding'] = encoding
  return { method: call.method, path: url, headers: kept, body }
}

export async function readAll(answer: Answer): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of answer) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}

import { once } from 'node:events'
import { type Agent, type IncomingMessage, request as startRequest } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Asked {
  readonly method: string
  readonly url: string
  readonly headers: readonly string[]
  readonly body: Buffer
}

export interface Answered {
  readonly status: number
  /** Names and values in turn, without those that frame the body. */
  readonly headers: readonly string[]
  readonly body: Buffer
}

export interface Target {
  readonly port: number
  readonly agent: Agent
}

const FRAMING = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'content-length',
  'expect',
])

/** @throws Error when the client goes away before its end */
export async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}

/** Sends a request on, and reads the answer whole. */
export async function ask(
  target: Target,
  { method, url, headers, body }: Asked,
): Promise<Answered> {
  const outgoing = startRequest({
    host: '127.0.0.1',
    port: target.port,
    agent: target.agent,
    method,
    path: url,
    headers: [...unframed(headers), 'content-length', String(body.length)],
  })
  outgoing.end(body)
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  outgoing.once('response', resolve).once('error', reject)
  const answer = await promise
  const content = await readAll(answer)
  // The length that an answer to HEAD tells is the object's.
  const kept = method === 'HEAD' ? lengthOf(answer) : []
  const answered = [...unframed(answer.rawHeaders), ...kept]
  return { status: answer.statusCode ?? 502, headers: answered, body: content }
}

/** Sends the head of a request and the first bytes of its body, and hangs up. */
export async function askInPart(target: Target, asked: Asked, bytes: number): Promise<void> {
  const outgoing = startRequest({
    host: '127.0.0.1',
    port: target.port,
    method: asked.method,
    path: asked.url,
    headers: [...unframed(asked.headers), 'content-length', String(asked.body.length)],
  })
  outgoing.on('error', () => undefined) // that is the point
  outgoing.write(asked.body.subarray(0, bytes))
  await once(outgoing, 'socket')
  await sleep(5) // so that it has arrived
  outgoing.destroy()
}

function unframed(headers: readonly string[]): string[] {
  const kept: string[] = []
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const [name = '', value = ''] = headers.slice(at, at + 2)
    if (!FRAMING.has(name.toLowerCase())) kept.push(name, value)
  }
  return kept
}

function lengthOf(answer: IncomingMessage): string[] {
  const length = answer.headers['content-length']
  return length === undefined ? [] : ['content-length', length]
}

import { once } from 'node:events'
import { createServer, request as startRequest, type Server } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FaultProxy, startFaultProxy } from '../../servers/fault-proxy.ts'
import { type Fault, FAULTS, randomFrom, randomPlan } from '../../servers/faults/plan.ts'

const LISTING = '/bucket?list-type=2'
const ANSWER = Buffer.from('an answer of some length')
const BODY = 'a body of some length'

let server: Server
let proxy: FaultProxy
/** Bodies of the requests that the server got whole. */
let received: string[] = []

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = ''
    request.setEncoding('latin1').on('data', (text: string) => (body += text))
    request.on('end', () => {
      received.push(body)
      response.end(ANSWER)
    })
    request.on('error', () => undefined) // cut
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  proxy = await startFaultProxy({ port, service: 's3', stallMs: 100 })
})

afterAll(async () => {
  await proxy.stop()
  server.closeAllConnections()
  server.close()
})

interface Outcome {
  readonly status: number | 'cut'
  readonly body: Buffer
  /** What the head promised. */
  readonly length: number
}

async function send(path: string, method: string): Promise<Outcome> {
  const outgoing = startRequest({ port: proxy.port, host: '127.0.0.1', path, method })
  outgoing.end(method === 'GET' ? undefined : BODY)
  const chunks: Buffer[] = []
  let length = 0
  return new Promise(resolve => {
    const end = (status: number | 'cut') => (): void =>
      resolve({ status, body: Buffer.concat(chunks), length })
    outgoing.on('error', end('cut'))
    outgoing.on('response', answer => {
      length = Number(answer.headers['content-length'])
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('error', end('cut')).on('end', end(answer.statusCode ?? 0))
    })
  })
}

function bitsThatDiffer(a: Buffer, b: Buffer): number {
  return [...a].reduce((sum, byte, at) => {
    const bits = (byte ^ (b[at] ?? 0)).toString(2)
    return sum + bits.replaceAll('0', '').length
  }, 0)
}

const WHOLE = { status: 200, body: ANSWER, length: ANSWER.length }

const EXPECTED: Readonly<Record<Fault, (outcome: Outcome) => void>> = {
  'flip-request': outcome => {
    expect(outcome).toEqual(WHOLE)
    expect(bitsThatDiffer(Buffer.from(BODY), Buffer.from(received[0] ?? '', 'latin1'))).toBe(1)
  },
  'flip-answer': ({ body }) => expect(bitsThatDiffer(body, ANSWER)).toBe(1),
  'cut-request': ({ status }) => {
    expect(status).toBe('cut')
    expect(received).toEqual([])
  },
  'lose-answer': ({ status, body }) => {
    expect([status, body.length]).toEqual(['cut', 0])
    expect(received).toEqual([BODY])
  },
  'cut-answer': ({ status, body, length }) => {
    expect(status).toBe('cut')
    expect(body.length).toBeLessThan(length)
  },
  'stall-request': ({ status }) => {
    expect(status).toBe('cut') // at last
    expect(received).toEqual([])
  },
  'stall-answer': ({ status, body, length }) => {
    expect(status).toBe('cut')
    expect(body.length).toBeLessThan(length)
  },
  'repeat-request': outcome => {
    expect(outcome).toEqual(WHOLE)
    expect(received).toEqual([BODY, BODY])
  },
  'status-429': ({ status }) => expect(status).toBe(429),
  'status-500': ({ status }) => expect(status).toBe(500),
  'status-503': ({ status }) => expect(status).toBe(503),
  'truncate-listing': ({ status, body, length }) => {
    expect([status, length]).toEqual([200, body.length])
    expect(body.length).toBeLessThan(ANSWER.length)
  },
}

test.each(FAULTS)('%s', async fault => {
  for (let seed = 0; seed < 10; seed += 1) {
    received = []
    proxy.follow(() => fault, seed)
    EXPECTED[fault](
      fault === 'truncate-listing' ? await send(LISTING, 'GET') : await send('/', 'PUT'),
    )
    expect(Object.fromEntries(proxy.counts)).toEqual({ request: 1, [fault]: 1 })
  }
})

test('without a plan all passes', async () => {
  received = []
  proxy.follow(undefined, 0)
  expect(await send('/', 'PUT')).toEqual(WHOLE)
  expect(received).toEqual([BODY])
})

test('a seed says what happens, at the rate that was asked for', () => {
  const run = (seed: number): (Fault | undefined)[] => {
    const plan = randomPlan({ kinds: ['lose-answer', 'cut-answer', 'truncate-listing'], rate: 0.3 })
    const random = randomFrom(seed)
    const request = { method: 'PUT', url: '/', answer: 'other', isChecked: true } as const
    return Array.from({ length: 1000 }, () => plan(request, random))
  }
  expect(run(1)).toEqual(run(1))
  expect(run(1)).not.toEqual(run(2))
  const faults = run(1).filter(fault => fault !== undefined)
  expect(faults.length).toBeGreaterThan(200)
  expect(faults.length).toBeLessThan(400)
  expect(new Set(faults)).toEqual(new Set(['lose-answer', 'cut-answer']))
})

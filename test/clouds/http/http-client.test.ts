import fc from 'fast-check'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { HttpClient } from '../../../src/clouds/http/client/http-client.ts'
import { StalledError, Transport, type WireAnswer } from '../../../src/clouds/http/transport.ts'

const { signal } = new AbortController()
const OPTIONS = { connectMs: 2_000, keepMs: 4_000, mostConnections: 8 }

let server: Server
let sockets: Socket[]
let transport: Transport
let origin: string

/** Calls `answer` with all that came of a connection, whenever more of it comes. */
async function serve(
  answer: (socket: Socket, text: string) => unknown,
  options: Partial<typeof OPTIONS & { stallMs: number }> = {},
): Promise<void> {
  sockets = []
  server = createServer(socket => {
    sockets.push(socket)
    let text = ''
    socket.on('error', () => {}) // clients that leave are a part of the tests
    socket.setEncoding('latin1').on('data', (piece: string) => {
      text += piece
      if (text.includes('\r\n\r\n')) answer(socket, text)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  origin = `http://127.0.0.1:${port}`
  const client = new HttpClient({ ...OPTIONS, ...options })
  transport = new Transport(client, options.stallMs ?? 10_000)
}

afterEach(async () => {
  await transport.close()
  for (const socket of sockets) socket.destroy()
  server.close()
})

const get = (path = '/'): Promise<WireAnswer> =>
  transport.send({ origin, method: 'GET', path, headers: {} }, signal)

async function readAll({ body }: WireAnswer): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks)
}

const bytesOf = (answer: string): Buffer => Buffer.from(answer, 'latin1')

describe('an answer', () => {
  const FRAMES = {
    length: (body: Buffer) => [bytesOf(`content-length: ${body.length}\r\n\r\n`), body],
    chunked: (body: Buffer) => {
      const size = Math.max(1, Math.ceil(body.length / 3))
      const chunks = [bytesOf('Transfer-Encoding: chunked\r\n\r\n')]
      for (let at = 0; at < body.length; at += size) {
        const chunk = body.subarray(at, at + size)
        chunks.push(bytesOf(`${chunk.length.toString(16)};x=1\r\n`), chunk, bytesOf('\r\n'))
      }
      return [...chunks, bytesOf('0\r\nx-trailer: 1\r\n\r\n')]
    },
    'until-close': (body: Buffer) => [bytesOf('\r\n'), body],
  } as const

  test('is what was sent, however it is framed, cut and read', async () => {
    let pieces: readonly Buffer[] = []
    let isLast = false
    await serve(async socket => {
      for (const piece of pieces) {
        socket.write(piece)
        await new Promise(resolve => setImmediate(resolve))
      }
      if (isLast) socket.end()
    })
    const kinds = fc.constantFrom(...(Object.keys(FRAMES) as (keyof typeof FRAMES)[]))
    const cases = fc.record({
      kind: kinds,
      body: fc.uint8Array({ maxLength: 200_000, size: 'max' }),
      cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 5 }),
      isFilled: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(cases, async ({ kind, body, cuts, isFilled }) => {
        const whole = Buffer.concat([
          bytesOf('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nX-Name:  value \r\n'),
          bytesOf('Connection: close\r\n'),
          ...FRAMES[kind](Buffer.from(body)),
        ])
        isLast = kind === 'until-close'
        const places = [0, ...cuts.map(cut => Math.floor(cut * whole.length)), whole.length]
        const sorted = places.sort((a, b) => a - b)
        pieces = sorted.slice(1).map((end, at) => whole.subarray(sorted[at], end))
        const answer = await get()
        expect([answer.status, answer.headers['x-name']]).toEqual([200, 'value'])
        if (!isFilled) expect((await readAll(answer)).equals(body)).toBe(true)
        else {
          const target = Buffer.alloc(body.length)
          let told = 0
          const size = await answer.body.readInto(target, bytes => (told += bytes))
          expect([size, told]).toEqual([body.length, body.length])
          expect(target.equals(body)).toBe(true)
        }
      }),
      { numRuns: process.env['FERRY_SOAK'] === undefined ? 60 : 2_000 },
    )
  })

  test.each([
    ['no HTTP', 'SSH-2.0-OpenSSH\r\n\r\n'],
    ['of a length that is none', 'HTTP/1.1 200 OK\r\ncontent-length: 1x\r\n\r\nab'],
    ['of two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab'],
    [
      'whose length is told twice',
      'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['of a coding that is not known', 'HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\n\r\nab'],
    ['with a header of two lines', 'HTTP/1.1 200 OK\r\na: b\r\n c\r\n\r\n'],
    ['with a header without a name', 'HTTP/1.1 200 OK\r\n: b\r\n\r\n'],
    ['whose head does not end', `HTTP/1.1 200 OK\r\na: ${'x'.repeat(70_000)}`],
    ['of another protocol', 'HTTP/1.1 101 Switching Protocols\r\n\r\n'],
  ])('%s is an error', async (_, answer) => {
    await serve(socket => socket.write(answer))
    await expect(get()).rejects.toMatchObject({ code: 'HPE_INVALID' })
  })

  test.each([
    ['a chunk without a size', 'x\r\n'],
    ['a chunk longer than it said', '1\r\nabc\r\n'],
    ['a size that does not end', `1;${'x'.repeat(20_000)}`],
  ])('with %s breaks while it is read', async (_, body) => {
    await serve(socket =>
      socket.write(`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${body}`),
    )
    await expect(get().then(readAll)).rejects.toMatchObject({ code: 'HPE_INVALID' })
  })

  test.each(['content-length: 9', 'transfer-encoding: chunked'])(
    'that ends early breaks: %s',
    async header => {
      await serve(socket => socket.end(`HTTP/1.1 200 OK\r\n${header}\r\n\r\n1\r\n`))
      await expect(get().then(readAll)).rejects.toMatchObject({ code: 'ECONNRESET' })
    },
  )

  test('of more bytes than there is room for breaks', async () => {
    await serve(socket => socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n123456789`))
    const { body } = await get()
    await expect(body.readInto(Buffer.alloc(8), () => {})).rejects.toThrow('more bytes')
  })
})

describe('connections', () => {
  const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n'

  test.each([
    ['is used again', `${OK}\r\nok`, 1],
    ['that is to be closed is not', `${OK}connection: close\r\n\r\nok`, 3],
    ['that is kept for no time is not', `${OK}keep-alive: timeout=1\r\n\r\nok`, 3],
    ['on which more came than the answer is not', `${OK}\r\nokHTTP/1.1`, 3],
    ['of HTTP/1.0 is not', 'HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok', 3],
  ])('one %s', async (_, answer, expected) => {
    await serve(socket => socket.write(answer))
    for (let turn = 0; turn < 3; turn++) {
      expect((await readAll(await get(`/${turn}`))).toString()).toBe('ok')
    }
    expect(sockets.length).toBe(expected)
  })

  test('one that its peer closed meanwhile is not', async () => {
    await serve(socket => socket.write(`${OK}\r\nok`))
    await readAll(await get())
    const closed = once(sockets[0] as Socket, 'close')
    sockets[0]?.end()
    await closed
    expect((await readAll(await get())).toString()).toBe('ok')
  })

  test('one that answered before it had all of the request is not', async () => {
    await serve(socket => {
      socket.pause()
      socket.write('HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\nno')
    })
    const body = Buffer.alloc(40_000_000)
    const answer = await transport.send(
      { origin, method: 'PUT', path: '/', headers: {}, body },
      signal,
    )
    expect([answer.status, (await readAll(answer)).toString()]).toEqual([403, 'no'])
    const again = await get()
    expect([again.status, sockets.length]).toEqual([403, 2])
    await readAll(again)
  })

  test('there are no more than allowed, and all requests get their answers', async () => {
    await serve(
      (socket, text) => {
        const path = text.slice(text.lastIndexOf('GET ') + 4).split(' ')[0] ?? ''
        setTimeout(() => {
          socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${path.length}\r\n\r\n${path}`)
        }, 2)
      },
      { mostConnections: 3 },
    )
    const paths = Array.from({ length: 40 }, (_, at) => `/${at}`)
    const answers = await Promise.all(paths.map(async path => readAll(await get(path))))
    expect(answers.map(String)).toEqual(paths)
    expect(sockets.length).toBe(3)
  })

  test('one that cannot be had fails each that waits for it', async () => {
    await serve(() => {})
    server.close()
    const gone = [get(), get(), get()]
    const outcomes = await Promise.allSettled(gone)
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
    await expect(get()).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })

  test('who gives up while he waits for one leaves it to the next', async () => {
    await serve(
      (socket, text) => {
        if (text.endsWith('\r\n\r\n')) setTimeout(() => socket.write(`${OK}\r\nok`), 20)
      },
      { mostConnections: 1 },
    )
    const first = get('/first')
    const leaving = new AbortController()
    const left = transport.send({ origin, method: 'GET', path: '/', headers: {} }, leaving.signal)
    const last = get('/last')
    leaving.abort(new Error('changed my mind'))
    await expect(left).rejects.toThrow('changed my mind')
    expect((await readAll(await first)).toString()).toBe('ok')
    expect((await readAll(await last)).toString()).toBe('ok')
    expect(sockets.length).toBe(1)
  })

  test('a silent one is given up', async () => {
    await serve(() => {}, { stallMs: 200 })
    await expect(get()).rejects.toThrow(StalledError)
  })
})

describe('a request', () => {
  test.each([
    ['a line break in a value', '/', { 'x-a': 'b\r\nx-c: d' }],
    ['a name that is none', '/', { 'x a': 'b' }],
    ['what latin1 does not have', '/', { 'x-a': '☃' }],
    ['a space in its path', '/a b', {}],
  ])('with %s is not sent', async (_, path, headers) => {
    await serve(socket => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'))
    const sent = transport.send({ origin, method: 'GET', path, headers }, signal)
    await expect(sent).rejects.toMatchObject({ code: 'ERR_INVALID_CHAR' })
    await readAll(await get()) // the connection is as good as before
    expect(sockets.length).toBe(1)
  })

  test.each([0, 1, 65_536, 65_537, 1_000_000])('of %i bytes arrives', async size => {
    const body = Buffer.alloc(size, 'body ')
    let came = ''
    await serve((socket, text) => {
      came = text
      const start = text.indexOf('\r\n\r\n') + 4
      if (text.length - start === size)
        socket.write('HTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n')
    })
    const { status } = await transport.send(
      { origin, method: 'PUT', path: '/a//..%20', headers: { 'x-a': 'é' }, body },
      signal,
    )
    const [head = '', ...rest] = came.split('\r\n\r\n')
    expect([status, rest.join('\r\n\r\n')]).toEqual([201, body.toString()])
    expect(head.split('\r\n')).toEqual([
      'PUT /a//..%20 HTTP/1.1',
      'x-a: é',
      `host: ${origin.slice('http://'.length)}`,
      `content-length: ${size}`,
    ])
  })
})

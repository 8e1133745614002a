import { gzipSync } from 'node:zlib'
import { crc32c } from '@node-rs/crc32'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type GcsServer, startGcs } from '../../servers/gcs.ts'

let server: GcsServer

beforeAll(async () => {
  server = await startGcs()
  await ask('POST', '/storage/v1/b?project=p', { body: '{"name":"bucket"}' })
})

afterAll(() => server.stop())

interface Asked {
  readonly body?: string | Uint8Array<ArrayBuffer>
  readonly headers?: Readonly<Record<string, string>>
  readonly token?: string
}

interface Answer {
  readonly status: number
  readonly text: string
  readonly headers: Headers
  /** Of the JSON body. */
  readonly found: Readonly<Record<string, unknown>>
}

async function ask(method: string, path: string, asked: Asked = {}): Promise<Answer> {
  const { body, headers, token = server.token } = asked
  const answer = await fetch(path.startsWith('http') ? path : `${server.endpoint}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...headers },
    signal: AbortSignal.timeout(20_000),
    ...(body === undefined ? {} : { body }),
  })
  const text = await answer.text()
  const found: unknown = text.startsWith('{') ? JSON.parse(text) : {}
  return { status: answer.status, text, headers: answer.headers, found: { ...Object(found) } }
}

function put(name: string, body: string, query = ''): Promise<Answer> {
  const target = `uploadType=media&name=${encodeURIComponent(name)}${query}`
  return ask('POST', `/upload/storage/v1/b/bucket/o?${target}`, { body })
}

function crcOf(text: string): string {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(crc32c(text))
  return bytes.toString('base64')
}

function objectPath(name: string): string {
  return `/storage/v1/b/bucket/o/${encodeURIComponent(name)}`
}

test('an object comes back as it went, whole and in ranges, with its checksums', async () => {
  const name = 'a b/%+é'
  expect((await put(name, 'some text')).found).toMatchObject({
    name,
    size: '9',
    crc32c: crcOf('some text'),
  })
  const whole = await ask('GET', `${objectPath(name)}?alt=media`)
  expect([whole.text, whole.headers.get('x-goog-hash')?.split(',')[0]]).toEqual([
    'some text',
    `crc32c=${crcOf('some text')}`,
  ])
  const part = await ask('GET', `${objectPath(name)}?alt=media`, { headers: { range: 'bytes=5-' } })
  expect([part.status, part.text, part.headers.get('content-range')]).toEqual([
    206,
    'text',
    'bytes 5-8/9',
  ])
})

test.each<[string, () => Promise<Answer>, number, string]>([
  ['no object', () => ask('GET', objectPath('none')), 404, 'notFound'],
  ['no bucket', () => ask('GET', '/storage/v1/b/none/o'), 404, 'notFound'],
  ['a wrong token', () => ask('GET', objectPath('x'), { token: 'x' }), 401, 'authError'],
  [
    'one who may only read',
    () => ask('DELETE', objectPath('kept'), { token: server.readOnlyToken }),
    403,
    'forbidden',
  ],
  ['a wrong CRC32C', () => related('refused', { crc32c: crcOf('x') }, 'text'), 400, 'invalid'],
  ['a name of 1,025 bytes', () => put('k'.repeat(1025), 'x'), 400, 'invalid'],
  ['a bucket that is there', () => makeBucket('bucket'), 409, 'conflict'],
])('%s is refused as the service does', async (_, request, status, reason) => {
  const answer = await request()
  expect(answer.status).toBe(status)
  expect(answer.found['error']).toMatchObject({ code: status, errors: [{ reason }] })
})

function makeBucket(name: string): Promise<Answer> {
  return ask('POST', '/storage/v1/b?project=p', { body: JSON.stringify({ name }) })
}

function related(name: string, resource: object, content: string): Promise<Answer> {
  const head = JSON.stringify({ name, ...resource })
  const body = `--b\r\ncontent-type: application/json\r\n\r\n${head}\r\n--b\r\ncontent-type: text/x\r\n\r\n${content}\r\n--b--`
  const headers = { 'content-type': 'multipart/related; boundary=b' }
  return ask('POST', '/upload/storage/v1/b/bucket/o?uploadType=multipart', { body, headers })
}

test('metadata comes with a multipart insert', async () => {
  const metadata = { one: '1' }
  const { found } = await related('with metadata', { metadata, crc32c: crcOf('text') }, 'text')
  expect(found).toMatchObject({ metadata, contentType: 'text/x', size: '4' })
})

test('a generation is a condition: of many who create, one wins', async () => {
  const answers = await Promise.all(
    Array.from({ length: 12 }, (_, index) => put('race', `${index}`, '&ifGenerationMatch=0')),
  )
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  expect(answers.filter(({ status }) => status === 412)).toHaveLength(11)
  const { generation } = (await ask('GET', objectPath('race'))).found
  const path = `${objectPath('race')}?ifGenerationMatch=`
  expect((await ask('DELETE', `${path}1`)).status).toBe(412)
  expect((await ask('DELETE', `${path}${String(generation)}`)).status).toBe(204)
})

test('a resumable upload says how far it is, and is seen when it is whole', async () => {
  const chunk = Buffer.alloc(262_144, 1)
  const begun = await ask('POST', '/upload/storage/v1/b/bucket/o?uploadType=resumable&name=big')
  const session = begun.headers.get('location') ?? ''
  const send = (range: string, body?: Uint8Array<ArrayBuffer>): Promise<Answer> =>
    ask('PUT', session, { headers: { 'content-range': range }, ...(body ? { body } : {}) })
  expect((await send('bytes */*')).headers.get('range')).toBeNull()
  expect((await send('bytes 0-262143/*', chunk)).status).toBe(308)
  expect((await send('bytes */*')).headers.get('range')).toBe('bytes=0-262143')
  expect((await send('bytes 262144-262243/*', chunk.subarray(0, 100))).status).toBe(400)
  expect((await ask('GET', objectPath('big'))).status).toBe(404)
})

test('a resumable upload’s last chunk may be asked for again', async () => {
  const begun = await ask('POST', '/upload/storage/v1/b/bucket/o?uploadType=resumable&name=twice')
  const session = begun.headers.get('location') ?? ''
  const first = await ask('PUT', session, {
    body: 'all',
    headers: { 'content-range': 'bytes 0-2/3' },
  })
  const again = await ask('PUT', session, { headers: { 'content-range': 'bytes */3' } })
  expect([first.status, again.status]).toEqual([200, 200])
  expect(again.text).toBe(first.text)
})

test('objects are composed and rewritten with their checksums', async () => {
  await Promise.all([put('part 1', 'one'), put('part 2', 'two')])
  const composed = await ask('POST', `${objectPath('composed')}/compose`, {
    body: JSON.stringify({
      sourceObjects: [{ name: 'part 1' }, { name: 'part 2' }],
      destination: { contentType: 'a/b' },
    }),
  })
  expect(composed.found).toMatchObject({ crc32c: crcOf('onetwo'), componentCount: 2, size: '6' })
  expect(composed.found['md5Hash']).toBeUndefined()
  const rewrite = `${objectPath('composed')}/rewriteTo/b/bucket/o/copied`
  const begun = await ask('POST', `${rewrite}?maxBytesRewrittenPerCall=4`)
  expect(begun.found).toMatchObject({ done: false, totalBytesRewritten: '4' })
  const token = String(begun.found['rewriteToken'])
  const ended = await ask('POST', `${rewrite}?maxBytesRewrittenPerCall=4&rewriteToken=${token}`)
  expect(ended.found).toMatchObject({
    done: true,
    resource: { crc32c: crcOf('onetwo'), contentType: 'a/b' },
  })
})

test('who does not take gzip gets what was compressed', async () => {
  const query = 'uploadType=media&name=packed&contentEncoding=gzip'
  const body = new Uint8Array(gzipSync('unpacked'))
  await ask('POST', `/upload/storage/v1/b/bucket/o?${query}`, { body })
  const path = `${objectPath('packed')}?alt=media`
  const plain = await ask('GET', path, { headers: { 'accept-encoding': 'identity' } })
  expect([plain.text, plain.headers.get('content-encoding')]).toEqual(['unpacked', null])
  const packed = await ask('GET', path, { headers: { 'accept-encoding': 'gzip' } })
  expect(packed.headers.get('content-encoding')).toBe('gzip')
})

test('pages of a listing have each name and each prefix once, in the order of UTF-8', async () => {
  await makeBucket('listed')
  const names = ['a', 'a/', 'a/1', 'a/2', 'b', 'c/1', 'c/2/3', 'é', '\uffee', '😀']
  for (const name of names.toReversed()) {
    const target = `uploadType=media&name=${encodeURIComponent(name)}`
    await ask('POST', `/upload/storage/v1/b/listed/o?${target}`, { body: name })
  }
  for (const most of [1, 2, 3, 1000]) {
    expect(await listAll(`maxResults=${most}`)).toEqual(names)
    expect(await listAll(`maxResults=${most}&delimiter=/`)).toEqual([
      'a',
      'a/',
      'b',
      'c/',
      'é',
      '\uffee',
      '😀',
    ])
    expect(await listAll(`maxResults=${most}&delimiter=/&prefix=a/`)).toEqual(['a/', 'a/1', 'a/2'])
    expect(await listAll(`maxResults=${most}&startOffset=c`)).toEqual(names.slice(5))
  }
})

async function listAll(query: string): Promise<string[]> {
  const names: string[] = []
  for (let token = '', pages = 0; pages < 50; pages += 1) {
    const { text } = await ask('GET', `/storage/v1/b/listed/o?${query}${token}`)
    const page = JSON.parse(text) as {
      // the server's own
      items?: { name: string }[]
      prefixes?: string[]
      nextPageToken?: string
    }
    const items = page.items?.map(item => item.name) ?? []
    names.push(...[...items, ...(page.prefixes ?? [])].toSorted(byBytes))
    if (page.nextPageToken === undefined) break
    token = `&pageToken=${page.nextPageToken}`
  }
  return names
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

test('a batch answers each of its calls', async () => {
  await put('in batch', 'x')
  const calls = ['in batch', 'none'].map(
    (name, index) =>
      `--b\r\ncontent-type: application/http\r\ncontent-id: <${index}>\r\n\r\nDELETE ${objectPath(name)} HTTP/1.1\r\n\r\n\r\n`,
  )
  const headers = { 'content-type': 'multipart/mixed; boundary=b' }
  const { text } = await ask('POST', '/batch/storage/v1', {
    body: `${calls.join('')}--b--`,
    headers,
  })
  expect([...text.matchAll(/HTTP\/1.1 (\d+)/g)].map(match => match[1])).toEqual(['204', '404'])
})

test('a bucket goes when it is empty', async () => {
  await makeBucket('short-lived')
  expect((await ask('DELETE', '/storage/v1/b/bucket')).status).toBe(409)
  expect((await ask('DELETE', '/storage/v1/b/short-lived')).status).toBe(204)
  expect((await ask('GET', '/storage/v1/b/short-lived')).status).toBe(404)
})

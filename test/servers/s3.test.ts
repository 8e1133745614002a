import { spawnSync } from 'node:child_process'
import { crc32c } from '@node-rs/crc32'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type S3Server, startS3 } from '../../servers/s3.ts'
import { fetchSigned, type SignedRequest } from './s3-signing.ts'

let server: S3Server

beforeAll(async () => {
  server = await startS3()
  await ask({ method: 'PUT', path: '/bucket' })
  await ask({ method: 'PUT', path: '/bucket/kept', body: 'kept' })
})

afterAll(() => server.stop())

interface Answer {
  readonly status: number
  readonly code: string | undefined
  readonly text: string
  readonly headers: Headers
}

async function ask(request: SignedRequest, env = server.env): Promise<Answer> {
  const answer = await fetchSigned(env, request)
  const text = await answer.text()
  const code = /<Code>(\w+)</.exec(text)?.[1]
  return { status: answer.status, code, text, headers: answer.headers }
}

function crcOf(text: string | Buffer): string {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(crc32c(text))
  return bytes.toString('base64')
}

const put = { method: 'PUT', path: '/bucket/refused', body: 'text' } as const

test.each<[string, SignedRequest, number, string]>([
  [
    'a wrong CRC32C',
    { ...put, headers: { 'x-amz-checksum-crc32c': crcOf('x') } },
    400,
    'BadDigest',
  ],
  [
    'a wrong MD5',
    { ...put, headers: { 'content-md5': '1B2M2Y8AsgTpgAmY7PhCfg==' } },
    400,
    'BadDigest',
  ],
  ['a wrong clock', { ...put, at: new Date(Date.now() - 3_600_000) }, 403, 'RequestTimeTooSkewed'],
  ['a missing bucket', { ...put, path: '/no-such-bucket/key' }, 404, 'NoSuchBucket'],
  ['a key of 1,025 bytes', { ...put, path: `/bucket/${'k'.repeat(1025)}` }, 400, 'KeyTooLongError'],
  [
    'an object that is there',
    { ...put, path: '/bucket/kept', headers: { 'if-none-match': '*' } },
    412,
    'PreconditionFailed',
  ],
  [
    'another ETag',
    { ...put, path: '/bucket/kept', headers: { 'if-match': '"0"' } },
    412,
    'PreconditionFailed',
  ],
  ['an object that is not there', { ...put, headers: { 'if-match': '"0"' } }, 404, 'NoSuchKey'],
  [
    'removal without a digest',
    { method: 'POST', path: '/bucket', query: { delete: '' }, body: '<Delete/>' },
    400,
    'InvalidRequest',
  ],
])('%s is refused, and nothing changes', async (_, request, status, code) => {
  expect(await ask(request)).toMatchObject({ status, code })
  expect((await ask({ path: '/bucket/refused' })).status).toBe(404)
  expect((await ask({ path: '/bucket/kept' })).text).toBe('kept')
})

test.each<[string, () => S3Server['env'], string]>([
  [
    'a wrong secret',
    () => ({ ...server.env, AWS_SECRET_ACCESS_KEY: 'x' }),
    'SignatureDoesNotMatch',
  ],
  ['an unknown key', () => ({ ...server.env, AWS_ACCESS_KEY_ID: 'AKIAX' }), 'InvalidAccessKeyId'],
  ['one who may only read', () => server.readOnlyEnv, 'AccessDenied'],
])('%s cannot write', async (_, env, code) => {
  expect(await ask(put, env())).toMatchObject({ status: 403, code })
})

test('what was sent with a checksum is told with it, and only to who asks', async () => {
  const path = '/bucket/with%20checksum'
  const headers = { 'x-amz-checksum-crc32c': crcOf('text') }
  expect((await ask({ method: 'PUT', path, body: 'text', headers })).status).toBe(200)
  const asked = await ask({ path, headers: { 'x-amz-checksum-mode': 'ENABLED' } })
  expect(asked.text).toBe('text')
  expect(asked.headers.get('x-amz-checksum-crc32c')).toBe(crcOf('text'))
  expect((await ask({ path })).headers.get('x-amz-checksum-crc32c')).toBeNull()
})

test('of a multipart upload the checksum of the whole is verified', async () => {
  const parts = [Buffer.alloc(5_242_880, 7), Buffer.from('tail')]
  const path = '/bucket/parts'
  const kind = { 'x-amz-checksum-algorithm': 'CRC32C', 'x-amz-checksum-type': 'FULL_OBJECT' }
  const begun = await ask({ method: 'POST', path, query: { uploads: '' }, headers: kind })
  const uploadId = /<UploadId>([^<]+)/.exec(begun.text)?.[1] ?? ''
  const listed: string[] = []
  for (const [index, body] of parts.entries()) {
    const partNumber = String(index + 1)
    const { headers } = await ask({ method: 'PUT', path, query: { partNumber, uploadId }, body })
    listed.push(
      `<Part><PartNumber>${partNumber}</PartNumber><ETag>${headers.get('etag')}</ETag></Part>`,
    )
  }
  const complete = (crc: string): Promise<Answer> =>
    ask({
      method: 'POST',
      path,
      query: { uploadId },
      headers: { 'x-amz-checksum-crc32c': crc },
      body: `<CompleteMultipartUpload>${listed.join('')}</CompleteMultipartUpload>`,
    })
  expect(await complete(crcOf('x'))).toMatchObject({ status: 400, code: 'BadDigest' })
  expect((await ask({ path })).status).toBe(404)
  const whole = crcOf(Buffer.concat(parts))
  expect((await complete(whole)).text).toContain(`<ChecksumCRC32C>${whole}</ChecksumCRC32C>`)
  const headers = { 'x-amz-checksum-mode': 'ENABLED' }
  const found = await ask({ method: 'HEAD', path, headers })
  expect(found.headers.get('x-amz-checksum-crc32c')).toBe(whole)
})

test('of many who create an object at once, one wins', async () => {
  const answers = await Promise.all(
    Array.from({ length: 12 }, (_, index) => {
      const body = `by ${index}`
      return ask({ method: 'PUT', path: '/bucket/race', body, headers: { 'if-none-match': '*' } })
    }),
  )
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  expect(answers.filter(({ status }) => status === 412)).toHaveLength(11)
})

test('a listing is in the order of UTF-8 and goes on page by page', async () => {
  await ask({ method: 'PUT', path: '/listed' })
  const keys = ['!', 'a', 'a b', 'a//b', 'a/b', 'aa', 'é', '\uffee', '😀']
  for (const key of keys.toReversed()) {
    const path = `/listed/${key.split('/').map(encodeURIComponent).join('/').replace('!', '%21')}`
    expect((await ask({ method: 'PUT', path, body: key })).status).toBe(200)
  }
  const found: string[] = []
  for (let token: string | undefined, pages = 0; pages < 9; pages += 1) {
    const query = { 'list-type': '2', 'max-keys': '2' }
    const { text } = await ask({
      path: '/listed',
      query: token === undefined ? query : { ...query, 'continuation-token': token },
    })
    found.push(...[...text.matchAll(/<Key>([^<]*)</g)].map(match => match[1] ?? ''))
    token = /<NextContinuationToken>([^<]+)/.exec(text)?.[1]
    if (token === undefined) break
  }
  expect(found).toEqual(keys)
})

test('a stopped server is gone', async () => {
  const other = await startS3()
  await other.stop()
  for (const pid of other.pids) expect(spawnSync('kill', ['-0', String(pid)]).status).not.toBe(0)
  await expect(fetch(other.endpoint)).rejects.toThrow()
})

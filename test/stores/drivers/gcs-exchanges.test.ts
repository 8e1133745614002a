/**
 * Exchanges after the public reference of the service ("Cloud Storage JSON API", "XML API"): what
 * goes out for each operation, and what its answer is taken for. The service itself is not at hand
 * here; these hold the driver to its documentation.
 */
import { expect, test } from 'vitest'
import type { ObjectStore } from '../../../src/stores/store.ts'
import {
  BYTES,
  content,
  CRC,
  json,
  resource,
  scripted,
  UPDATED,
} from '../../support/scripted-gcs.ts'
import type { ScriptedAnswer } from '../../support/scripted-server.ts'

const { signal } = new AbortController()
const crcHex = Buffer.from(CRC, 'base64').toString('hex')

interface Sent {
  readonly line: string
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string | undefined>>
  readonly body?: unknown
}

interface Exchange {
  readonly name: string
  readonly call: (store: ObjectStore) => Promise<unknown>
  readonly steps: readonly { readonly sent: Sent; readonly answer: ScriptedAnswer }[]
  readonly result?: unknown
}

const part = { number: 2, offset: 0, bytes: BYTES, crc32c: Number.parseInt(crcHex, 16) }
const upload = { key: 'a/b c', id: ' VXBsb2Fk' }
const whole = {
  parts: [{ number: 2, size: BYTES.length, etag: '"e&"' }],
  size: BYTES.length,
  crc32c: part.crc32c,
}
const info = { key: 'a/b c', size: BYTES.length, etag: '17', modifiedAt: new Date(UPDATED) }

const EXCHANGES: readonly Exchange[] = [
  {
    name: 'stat is Objects: get',
    call: store => store.stat('a/b c', { signal }),
    steps: [
      {
        sent: { line: 'GET /storage/v1/b/logs/o/a%2Fb%20c', query: {} },
        answer: json(
          resource('a/b c', {
            contentType: 'text/csv',
            metadata: { Who: 'me' },
            md5Hash: 'CY9rzUYh03PK3k6DJie09g==',
          }),
        ),
      },
    ],
    result: {
      ...info,
      contentType: 'text/csv',
      metadata: { who: 'me' },
      checksums: { crc32c: crcHex, md5: '098f6bcd4621d373cade4e832627b4f6' },
    },
  },
  {
    name: 'a range of an object as it was seen',
    call: async store => {
      const options = { range: { offset: 4, length: 3 }, ifMatch: '17', signal }
      const { body } = await store.read('a/b c', options)
      return Buffer.concat(await Array.fromAsync(body)).toString()
    },
    steps: [
      {
        sent: {
          line: 'GET /logs/a/b%20c',
          headers: {
            range: 'bytes=4-6',
            'x-goog-if-generation-match': '17',
            'accept-encoding': 'gzip',
          },
        },
        answer: {
          ...content(BYTES.subarray(4, 7), {
            'content-range': `bytes 4-6/${BYTES.length}`,
            'x-goog-stored-content-length': String(BYTES.length),
          }),
          status: 206,
        },
      },
    ],
    result: BYTES.subarray(4, 7).toString(),
  },
  {
    name: 'a name with `..` is no path of folders',
    call: async store => (await store.read('../x', { signal })).info.size,
    steps: [{ sent: { line: 'GET /logs/..%2Fx' }, answer: content(BYTES) }],
    result: BYTES.length,
  },
  {
    name: 'list is Objects: list, page by page',
    call: async store =>
      (await Array.fromAsync(store.list({ prefix: 'a/', delimiter: '/', signal }))).flat().length,
    steps: [
      {
        sent: { line: 'GET /storage/v1/b/logs/o', query: { prefix: 'a/', delimiter: '/' } },
        answer: json({
          kind: 'storage#objects',
          nextPageToken: 'CgE=',
          items: [resource('a/b')],
          prefixes: ['a/c/'],
        }),
      },
      {
        sent: {
          line: 'GET /storage/v1/b/logs/o',
          query: { prefix: 'a/', delimiter: '/', pageToken: 'CgE=' },
        },
        answer: json({ kind: 'storage#objects', items: [resource('a/d')] }),
      },
    ],
    result: 3,
  },
  {
    name: 'put is Objects: insert with the checksum, and 0 for what must not be there',
    call: store =>
      store.put('a/b c', BYTES, { contentType: 'text/csv', condition: 'absent', signal }),
    steps: [
      {
        sent: {
          line: 'POST /upload/storage/v1/b/logs/o',
          query: { uploadType: 'multipart', name: 'a/b c', ifGenerationMatch: '0' },
          body: expect.stringContaining(`"crc32c":"${CRC}"`) as unknown,
        },
        answer: json(resource('a/b c', { contentType: 'text/csv' })),
      },
    ],
    result: { ...info, contentType: 'text/csv' },
  },
  {
    name: 'an upload begins with what the object will be described by',
    call: store =>
      store.uploads.start('a/b c', {
        contentType: 'text/csv',
        metadata: { Who: 'me' },
        storageClass: 'NEARLINE',
        signal,
      }),
    steps: [
      {
        sent: {
          line: 'POST /logs/a/b%20c',
          query: { uploads: '' },
          headers: {
            'content-type': 'text/csv',
            'x-goog-meta-who': 'me',
            'x-goog-storage-class': 'NEARLINE',
            'content-length': '0',
          },
        },
        answer: {
          body: '<InitiateMultipartUploadResult xmlns="x"><UploadId>VXBsb2Fk</UploadId></InitiateMultipartUploadResult>',
        },
      },
    ],
    result: upload,
  },
  {
    name: 'a part goes with its checksum',
    call: store => store.uploads.putPart(upload, part, { signal }),
    steps: [
      {
        sent: {
          line: 'PUT /logs/a/b%20c',
          query: { partNumber: '2', uploadId: 'VXBsb2Fk' },
          headers: { 'x-goog-hash': `crc32c=${CRC}` },
          body: BYTES.toString(),
        },
        answer: { headers: { etag: '"e&"', 'x-goog-hash': `crc32c=${CRC},md5=AAAA` } },
      },
    ],
    result: { number: 2, size: BYTES.length, etag: '"e&"' },
  },
  {
    name: 'parts are listed page by page',
    call: async store => Array.fromAsync(store.uploads.parts(upload, { signal })),
    steps: [
      {
        sent: { line: 'GET /logs/a/b%20c', query: { uploadId: 'VXBsb2Fk' } },
        answer: {
          body: '<ListPartsResult><NextPartNumberMarker>1</NextPartNumberMarker><IsTruncated>true</IsTruncated><Part><PartNumber>1</PartNumber><ETag>"a"</ETag><Size>5</Size></Part></ListPartsResult>',
        },
      },
      {
        sent: {
          line: 'GET /logs/a/b%20c',
          query: { uploadId: 'VXBsb2Fk', 'part-number-marker': '1' },
        },
        answer: {
          body: '<ListPartsResult><IsTruncated>false</IsTruncated><Part><PartNumber>2</PartNumber><ETag>"b"</ETag><Size>6</Size></Part></ListPartsResult>',
        },
      },
    ],
    result: [
      { number: 1, size: 5, etag: '"a"' },
      { number: 2, size: 6, etag: '"b"' },
    ],
  },
  {
    name: 'an upload is completed, and what is there is compared with its parts',
    call: store => store.uploads.complete(upload, whole, { signal }),
    steps: [
      {
        sent: {
          line: 'POST /logs/a/b%20c',
          query: { uploadId: 'VXBsb2Fk' },
          body: '<CompleteMultipartUpload><Part><PartNumber>2</PartNumber><ETag>&#34;e&#38;&#34;</ETag></Part></CompleteMultipartUpload>',
        },
        answer: {
          body: '<CompleteMultipartUploadResult><ETag>"x"</ETag></CompleteMultipartUploadResult>',
        },
      },
      { sent: { line: 'GET /storage/v1/b/logs/o/a%2Fb%20c' }, answer: json(resource('a/b c')) },
    ],
    result: info,
  },
  {
    name: 'a copy is Objects: rewrite of the generation that was seen',
    call: store =>
      store.copy({ bucket: 'raw', key: 'a', etag: '17', size: BYTES.length }, 'a/b c', {
        condition: { etag: '9' },
        storageClass: 'COLDLINE',
        signal,
      }),
    steps: [
      {
        sent: { line: 'GET /storage/v1/b/raw/o/a' },
        answer: json(
          resource('a', {
            contentType: 'text/csv',
            cacheControl: 'no-cache',
            metadata: { who: 'me' },
          }),
        ),
      },
      {
        sent: {
          line: 'POST /storage/v1/b/raw/o/a/rewriteTo/b/logs/o/a%2Fb%20c',
          query: { ifGenerationMatch: '9', ifSourceGenerationMatch: '17' },
          body: JSON.stringify({
            cacheControl: 'no-cache',
            contentType: 'text/csv',
            metadata: { who: 'me' },
            storageClass: 'COLDLINE',
          }),
        },
        answer: json({
          kind: 'storage#rewriteResponse',
          done: true,
          resource: resource('a/b c', { contentType: 'text/csv', metadata: { who: 'me' } }),
        }),
      },
    ],
    result: info,
  },
  {
    name: 'a removal is Objects: delete',
    call: store => store.remove(['a/b c'], { signal }),
    steps: [{ sent: { line: 'DELETE /storage/v1/b/logs/o/a%2Fb%20c' }, answer: { status: 204 } }],
    result: [{ key: 'a/b c', removed: true }],
  },
  {
    name: 'a bucket is made in a project',
    call: store => store.bucket.create({ signal }),
    steps: [
      {
        sent: {
          line: 'POST /storage/v1/b',
          query: { project: 'emulator' },
          body: '{"name":"logs"}',
        },
        answer: json({ kind: 'storage#bucket', name: 'logs' }),
      },
    ],
    result: 'created',
  },
]

test.each(EXCHANGES)('$name', async ({ call, steps, result }) => {
  await using at = await scripted(({ number }) => steps[number]?.answer ?? 'reset')
  expect(await call(at.store)).toEqual(typeof result === 'object' ? matching(result) : result)
  expect(at.server.requests.length).toBe(steps.length)
  for (const [number, { sent }] of steps.entries()) {
    const request = at.server.requests[number]
    expect(`${request?.method} ${request?.path}`).toBe(sent.line)
    const { fields: _fields, ...query } = Object.fromEntries(request?.query ?? [])
    if (sent.query !== undefined) expect(query).toEqual(sent.query)
    expect(request?.headers).toMatchObject(sent.headers ?? {})
    if (sent.body !== undefined) expect(request?.body.toString()).toEqual(sent.body)
  }
})

function matching(result: object | null): unknown {
  if (Array.isArray(result))
    return result.map(one => expect.objectContaining(one as object) as unknown)
  return expect.objectContaining(result ?? {})
}

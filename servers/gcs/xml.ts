/**
 * The XML API's part that reads objects and uploads them in parts. Written from the public reference
 * ("Cloud Storage XML API").
 */
import { randomBytes } from 'node:crypto'
import type { Access } from './access.ts'
import { ApiError, type Call, type Reply } from './call.ts'
import { crcOf, type Memory, md5Of, type Settings, type StoredObject } from './memory.ts'
import { readContent } from './read.ts'

interface Part {
  readonly bytes: Buffer
  readonly etag: string
  readonly at: Date
}

interface Upload {
  readonly bucket: string
  readonly name: string
  readonly settings: Settings
  readonly parts: Map<number, Part>
}

const MIN_PART_BYTES = 5 * 1_048_576
const MAX_PARTS = 10_000
const PAGE_OF_PARTS = 1_000

/** An error as the XML API tells it. */
export class XmlError extends Error {
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }

  reply(): Reply {
    const { status, code, message } = this
    return xml(`<Error><Code>${code}</Code><Message>${escape(message)}</Message></Error>`, status)
  }
}

export class XmlApi {
  readonly #memory: Memory
  readonly #access: Access
  readonly #uploads = new Map<string, Upload>()

  constructor(memory: Memory, access: Access) {
    this.#memory = memory
    this.#access = access
  }

  answer(call: Call, bucket: string, name: string): Reply {
    try {
      this.#access.check(call)
      return this.#route(call, bucket, name)
    } catch (error) {
      if (error instanceof ApiError) return asXml(error, call).reply()
      if (error instanceof XmlError) return error.reply()
      throw error
    }
  }

  #route(call: Call, bucket: string, name: string): Reply {
    const { method, query } = call
    const uploadId = query.get('uploadId')
    if (method === 'POST' && query.has('uploads')) return this.#start(call, bucket, name)
    if (uploadId !== null) return this.#ofUpload(call, uploadId, `${bucket}/${name}`)
    if (method === 'GET') return this.#read(call, bucket, name)
    if (method === 'PUT') return this.#put(call, bucket, name)
    throw new XmlError(405, 'MethodNotAllowed', 'The specified method is not allowed.')
  }

  #read(call: Call, bucket: string, name: string): Reply {
    const object = this.#memory.object(bucket, name)
    const wanted = call.headers['x-goog-if-generation-match']
    if (wanted !== undefined && wanted !== String(object.generation)) throw unmet()
    const reply = readContent(object, call)
    const { metadata = {} } = object.settings
    const told = Object.entries(metadata).map(([key, value]) => [
      `x-goog-meta-${key}`,
      latin(value),
    ])
    return { ...reply, headers: { ...reply.headers, ...Object.fromEntries(told) } }
  }

  #put(call: Call, bucket: string, name: string): Reply {
    const { body } = call
    this.#memory.objects(bucket)
    checkHash(call)
    return stored(this.#memory.store({ bucket, name }, body, settingsIn(call)))
  }

  #start(call: Call, bucket: string, name: string): Reply {
    this.#memory.objects(bucket)
    const id = randomBytes(18).toString('base64url')
    this.#uploads.set(id, { bucket, name, settings: settingsIn(call), parts: new Map() })
    return xml(
      `<InitiateMultipartUploadResult><Bucket>${bucket}</Bucket><Key>${escape(name)}</Key>` +
        `<UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
    )
  }

  #ofUpload(call: Call, id: string, place: string): Reply {
    const upload = this.#uploads.get(id)
    if (upload === undefined || `${upload.bucket}/${upload.name}` !== place) {
      throw new XmlError(404, 'NoSuchUpload', 'The specified upload does not exist.')
    }
    switch (call.method) {
      case 'PUT':
        return putPart(call, upload)
      case 'GET':
        return listParts(call, upload)
      case 'POST':
        return this.#complete(call, upload, id)
      case 'DELETE':
        this.#uploads.delete(id)
        return { status: 204, headers: {}, body: Buffer.alloc(0) }
      default:
        throw new XmlError(405, 'MethodNotAllowed', 'The specified method is not allowed.')
    }
  }

  #complete(call: Call, upload: Upload, id: string): Reply {
    const { bucket, name, settings } = upload
    const md5 = call.headers['content-md5']
    if (md5 !== undefined && md5 !== md5Of(call.body)) {
      throw new XmlError(400, 'BadDigest', 'The Content-MD5 you specified did not match.')
    }
    const named = [...call.body.toString('utf8').matchAll(/<Part>(.*?)<\/Part>/gs)].map(
      ([, part = '']) => ({
        number: Number(/<PartNumber>(\d+)<\/PartNumber>/.exec(part)?.[1]),
        etag: unescape(/<ETag>(.*?)<\/ETag>/s.exec(part)?.[1] ?? ''),
      }),
    )
    if (!/<\/CompleteMultipartUpload>\s*$/.test(call.body.toString('utf8')) || named.length === 0) {
      throw new XmlError(400, 'MalformedXML', 'The XML you provided was not well-formed.')
    }
    const bytes = named.map(({ number, etag }, at) => {
      const part = upload.parts.get(number)
      if (part?.etag !== etag)
        throw new XmlError(400, 'InvalidPart', `Part ${number} is not there.`)
      if (number <= (named[at - 1]?.number ?? 0)) {
        throw new XmlError(400, 'InvalidPartOrder', 'The list of parts was not in ascending order.')
      }
      if (at < named.length - 1 && part.bytes.length < MIN_PART_BYTES) {
        throw new XmlError(400, 'EntityTooSmall', 'A part is smaller than the minimum allowed.')
      }
      return part.bytes
    })
    this.#uploads.delete(id)
    const whole = Buffer.concat(bytes)
    const object = this.#memory.store({ bucket, name }, whole, settings, named.length)
    const reply = xml(
      `<CompleteMultipartUploadResult><Bucket>${bucket}</Bucket><Key>${escape(name)}</Key>` +
        `<ETag>"${object.generation}"</ETag></CompleteMultipartUploadResult>`,
    )
    const headers = { ...reply.headers, 'x-goog-generation': String(object.generation) }
    return { ...reply, headers }
  }
}

function putPart(call: Call, { parts }: Upload): Reply {
  const number = Number(call.query.get('partNumber'))
  if (!Number.isInteger(number) || number < 1 || number > MAX_PARTS) {
    throw new XmlError(400, 'InvalidArgument', 'Part number must be from 1 to 10000.')
  }
  checkHash(call)
  const { body } = call
  const etag = `"${Buffer.from(md5Of(body), 'base64').toString('hex')}"`
  parts.set(number, { bytes: body, etag, at: new Date() })
  const hash = `crc32c=${crcOf(body)},md5=${md5Of(body)}`
  return { status: 200, headers: { etag, 'x-goog-hash': hash }, body: Buffer.alloc(0) }
}

function listParts({ query }: Call, { bucket, name, parts }: Upload): Reply {
  const marker = Number(query.get('part-number-marker') ?? 0)
  const rest = [...parts].filter(([number]) => number > marker).sort(([a], [b]) => a - b)
  const page = rest.slice(0, Number(query.get('max-parts') ?? PAGE_OF_PARTS))
  const isMore = page.length < rest.length
  const elements = page.map(
    ([number, { bytes, etag, at }]) =>
      `<Part><PartNumber>${number}</PartNumber><LastModified>${at.toISOString()}</LastModified>` +
      `<ETag>${escape(etag)}</ETag><Size>${bytes.length}</Size></Part>`,
  )
  const next = isMore ? `<NextPartNumberMarker>${page.at(-1)?.[0]}</NextPartNumberMarker>` : ''
  return xml(
    `<ListPartsResult><Bucket>${bucket}</Bucket><Key>${escape(name)}</Key>${next}` +
      `<IsTruncated>${isMore}</IsTruncated>${elements.join('')}</ListPartsResult>`,
  )
}

function checkHash({ headers, body }: Call): void {
  const hashes = { crc32c: crcOf(body), md5: md5Of(body) }
  for (const pair of (headers['x-goog-hash'] ?? '').split(',')) {
    const [, name, value] = /^\s*(crc32c|md5)=(\S+)\s*$/.exec(pair) ?? []
    if (name === undefined) continue
    if (value !== hashes[name === 'md5' ? 'md5' : 'crc32c']) {
      throw new XmlError(400, 'BadDigest', 'The hash you specified did not match what we received.')
    }
  }
}

function settingsIn({ headers }: Call): Settings {
  const prefix = 'x-goog-meta-'
  const metadata = Object.entries(headers).flatMap(([name, value = '']) =>
    name.startsWith(prefix) ? [[name.slice(prefix.length), value]] : [],
  )
  return {
    contentType: headers['content-type'],
    contentEncoding: headers['content-encoding'],
    storageClass: headers['x-goog-storage-class'],
    metadata: metadata.length === 0 ? undefined : Object.fromEntries(metadata),
  }
}

function stored({ generation, crc32c, md5Hash }: StoredObject): Reply {
  const hash = `crc32c=${crc32c},md5=${md5Hash}`
  const headers = { etag: `"${generation}"`, 'x-goog-hash': hash }
  return {
    status: 200,
    headers: { ...headers, 'x-goog-generation': String(generation) },
    body: Buffer.alloc(0),
  }
}

const CODES: Readonly<Record<number, string>> = {
  401: 'AuthenticationRequired',
  403: 'AccessDenied',
  412: 'PreconditionFailed',
  416: 'InvalidRange',
}

function asXml({ status, message }: ApiError, { path }: Call): XmlError {
  if (status !== 404) return new XmlError(status, CODES[status] ?? 'InvalidArgument', message)
  const isBucket = message.startsWith('The specified bucket')
  return new XmlError(404, isBucket ? 'NoSuchBucket' : 'NoSuchKey', `${message} ${path}`)
}

function unmet(): XmlError {
  return new XmlError(412, 'PreconditionFailed', 'At least one precondition did not hold.')
}

function xml(content: string, status = 200): Reply {
  const body = Buffer.from(`<?xml version='1.0' encoding='UTF-8'?>${content}`)
  return { status, headers: { 'content-type': 'application/xml; charset=UTF-8' }, body }
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`)
}

function unescape(text: string): string {
  return text.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
}

/** Node writes headers in latin1: so a value goes out as the bytes of its UTF-8. */
function latin(value: string): string {
  return Buffer.from(value, 'utf8').toString('latin1')
}

import { randomBytes } from 'node:crypto'
import {
  ApiError,
  type Call,
  invalid,
  json,
  nothing,
  parseJson,
  type Reply,
  textOf,
} from './call.ts'
import { describe, md5Of, type Memory, settingsOf } from './memory.ts'
import { checkPreconditions } from './preconditions.ts'
import { checkHashes } from './write.ts'

const CHUNK_MULTIPLE = 262_144

interface Session {
  readonly bucket: string
  readonly query: URLSearchParams
  readonly resource: Record<string, unknown>
  readonly chunks: Buffer[]
  received: number
  /** The answer to the last chunk, which may be asked for again. */
  finished: Reply | undefined
}

/** Objects: insert, in the three ways of "Uploads and downloads". */
export class Uploads {
  readonly #memory: Memory
  readonly #sessions = new Map<string, Session>()

  constructor(memory: Memory) {
    this.#memory = memory
  }

  insert(call: Call, bucket: string): Reply {
    this.#memory.objects(bucket) // there is such a bucket
    const { query, headers, body } = call
    const contentType = headers['content-type']
    const type = query.get('uploadType')
    if (type === 'media') return this.#store(bucket, query, { contentType, ...hashes(call) }, body)
    if (type === 'multipart') {
      const { resource, content } = splitRelated(contentType ?? '', body)
      return this.#store(bucket, query, { ...resource, ...hashes(call) }, content)
    }
    if (type === 'resumable') return this.#begin(call, bucket)
    throw invalid(`Unknown upload type ${type}`)
  }

  #begin(call: Call, bucket: string): Reply {
    const { query, headers, body, origin, path } = call
    const declared = headers['x-upload-content-type']
    const resource = parseJson(body)
    const withType = declared === undefined ? resource : { contentType: declared, ...resource }
    this.#checkTarget(bucket, query, withType)
    const id = randomBytes(18).toString('base64url')
    const session = { bucket, query, resource: withType, chunks: [], received: 0 }
    this.#sessions.set(id, { ...session, finished: undefined })
    const location = `${origin}${path}?uploadType=resumable&upload_id=${id}`
    return nothing(200, { location, 'x-guploader-uploadid': id })
  }

  /** A chunk of a session, or the question how far it is ("Resumable uploads"). */
  resume(call: Call, id: string): Reply {
    const session = this.#sessions.get(id)
    if (session === undefined) throw new ApiError(404, 'notFound', 'Not Found')
    if (call.method === 'DELETE') {
      this.#sessions.delete(id)
      return nothing(499)
    }
    if (session.finished !== undefined) return session.finished
    const range = call.headers['content-range']
    const form = /^bytes (?:(\d+)-(\d+)|\*)\/(\d+|\*)$/.exec(
      range ?? `bytes 0-${call.body.length - 1}/${call.body.length}`,
    )
    if (form === null && call.body.length > 0)
      throw invalid('Failed to parse Content-Range header.')
    const [, first, last, total] = form ?? []
    if (first !== undefined) this.#append(session, call.body, Number(first), Number(last))
    const isLast = total === undefined || total === String(session.received)
    if (first !== undefined && !isLast && call.body.length % CHUNK_MULTIPLE !== 0) {
      throw invalid(
        `Invalid request. The number of bytes uploaded is required to be equal or greater than ${CHUNK_MULTIPLE}`,
      )
    }
    if (!isLast) return progress(session)
    const resource = { ...session.resource, ...hashes(call) }
    const content = Buffer.concat(session.chunks)
    session.finished = this.#store(session.bucket, session.query, resource, content)
    session.chunks.length = 0
    return session.finished
  }

  /** Bytes that were already received are passed over; a gap is an error. */
  #append(session: Session, body: Buffer, first: number, last: number): void {
    if (last - first + 1 !== body.length) throw invalid('Content-Range and length do not agree')
    if (first > session.received) throw new ApiError(503, 'backendError', 'Invalid offset')
    const fresh = body.subarray(session.received - first)
    session.chunks.push(Buffer.from(fresh))
    session.received += fresh.length
  }

  #store(
    bucket: string,
    query: URLSearchParams,
    resource: Record<string, unknown>,
    bytes: Buffer,
  ): Reply {
    const name = this.#checkTarget(bucket, query, resource)
    checkHashes(resource, bytes)
    const md5 = textOf(resource['md5Hash'])
    if (md5 !== undefined && md5 !== md5Of(bytes)) {
      throw invalid(
        `Provided MD5 hash "${md5}" doesn't match calculated MD5 hash "${md5Of(bytes)}".`,
      )
    }
    const encoding = query.get('contentEncoding')
    const told = encoding === null ? resource : { contentEncoding: encoding, ...resource }
    return json(describe(this.#memory.store({ bucket, name }, bytes, settingsOf(told))))
  }

  #checkTarget(bucket: string, query: URLSearchParams, resource: Record<string, unknown>): string {
    const name = query.get('name') ?? textOf(resource['name'])
    if (name === undefined) throw new ApiError(400, 'required', 'Required')
    const existing = this.#memory.objects(bucket).get(name)
    checkPreconditions(query, existing, { prefix: 'if', isRead: false })
    return name
  }
}

function progress({ received }: Session): Reply {
  return nothing(308, received === 0 ? {} : { range: `bytes=0-${received - 1}` })
}

/** Of the header `X-Goog-Hash`. */
function hashes(call: Call): Record<string, string> {
  const given = call.headers['x-goog-hash'] ?? ''
  const names: Readonly<Record<string, string>> = { crc32c: 'crc32c', md5: 'md5Hash' }
  return Object.fromEntries(
    given.split(',').flatMap(pair => {
      const [, algorithm = '', value = ''] = /^\s*(\w+)=(.*?)\s*$/.exec(pair) ?? []
      const name = names[algorithm]
      return name === undefined ? [] : [[name, value]]
    }),
  )
}

/** multipart/related: the resource, and then the content. */
function splitRelated(
  contentType: string,
  body: Buffer,
): { resource: Record<string, unknown>; content: Buffer } {
  const [, quoted, bare] = /boundary=(?:"([^"]+)"|([^\s;]+))/.exec(contentType) ?? []
  const boundary = Buffer.from(`--${quoted ?? bare}`)
  const first = body.indexOf(boundary)
  const second = body.indexOf(boundary, first + boundary.length)
  const last = body.lastIndexOf(boundary)
  const isClosed = body.subarray(last + boundary.length, last + boundary.length + 2).equals(DASHES)
  if (first < 0 || second < 0 || last <= second || !isClosed)
    throw invalid('Malformed multipart body.')
  const head = partOf(body.subarray(first + boundary.length, second))
  const content = partOf(body.subarray(second + boundary.length, last))
  const type = /^content-type:\s*(.+?)\s*$/im.exec(content.headers)?.[1]
  const resource = parseJson(head.content)
  return {
    resource: type === undefined ? resource : { contentType: type, ...resource },
    content: content.content,
  }
}

const DASHES = Buffer.from('--')

function partOf(part: Buffer): { headers: string; content: Buffer } {
  const end = part.indexOf('\r\n\r\n')
  if (end < 0) throw invalid('Malformed multipart body.')
  // Between the headers and the line break that belongs to the next boundary.
  return {
    headers: part.toString('latin1', 0, end),
    content: part.subarray(end + 4, part.length - 2),
  }
}

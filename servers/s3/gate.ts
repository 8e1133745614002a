/**
 * The gate before moto, which does not look at signatures, checksums or most conditions of writes:
 * it refuses what Amazon S3 refuses, tells the checksums that Amazon S3 keeps, and leaves all the
 * rest (buckets, objects, listings, uploads in parts, copies) to moto.
 */
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import { type Call, decodePath, header, readCall, Refusal } from './call.ts'
import { KeptChecksums } from './kept-checksums.ts'
import { type Answer, forwarded, MotoClient, readAll } from './moto-client.ts'
import { type Payload, readPayload } from './payload.ts'
import { type Verifier, verifySignature } from './signature.ts'
import { Turns } from './turns.ts'

const MAX_KEY_BYTES = 1024
const MAX_REMOVED_KEYS = 1000
/** A PUT on one of these is none of the object. */
const SUBRESOURCES = ['acl', 'tagging', 'retention', 'legal-hold']

interface Exchange {
  readonly call: Call
  readonly payload: Payload
  readonly url: string
}

export function createGate(motoPort: number, verifier: Verifier): Server {
  const gate = new Gate(new MotoClient(motoPort), verifier)
  const server = createServer((request, response) => void gate.serve(request, response))
  server.requestTimeout = 0
  server.keepAliveTimeout = 60_000
  return server
}

class Gate {
  readonly #moto: MotoClient
  readonly #verifier: Verifier
  readonly #checksums = new KeptChecksums()
  readonly #turns = new Turns()

  constructor(moto: MotoClient, verifier: Verifier) {
    this.#moto = moto
    this.#verifier = verifier
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const call = await readCall(request)
      const identity = verifySignature(call, this.#verifier)
      if (identity.readOnly && !['GET', 'HEAD'].includes(call.method)) {
        throw new Refusal(403, 'AccessDenied', 'Access Denied')
      }
      if (Buffer.byteLength(call.key) > MAX_KEY_BYTES) {
        throw new Refusal(400, 'KeyTooLongError', 'Your key is too long')
      }
      const exchange = { call, payload: readPayload(call), url: request.url ?? '/' }
      const isWrite = call.key !== '' && !['GET', 'HEAD'].includes(call.method)
      await (isWrite
        ? this.#turns.take(`${call.bucket}/${call.key}`, () => this.#write(exchange, response))
        : this.#read(exchange, response))
    } catch (error) {
      if (error instanceof Refusal) refuse(response, error, request)
      else response.destroy() // the client is gone, or moto is
    }
  }

  async #read({ call, payload, url }: Exchange, response: ServerResponse): Promise<void> {
    if (call.method === 'POST' && call.query.has('delete')) checkRemoval(call, payload)
    const answer = await this.#moto.send(forwarded(call, url, payload.bytes))
    if (call.query.has('uploadId')) {
      await respond(response, answer, text => this.#withPartChecksums(call, text))
      return
    }
    const wantsChecksums = header(call, 'x-amz-checksum-mode')?.toUpperCase() === 'ENABLED'
    const { etag } = answer.headers
    const isWhole = answer.statusCode === 200 && call.key !== '' && etag !== undefined
    const extra = wantsChecksums && isWhole ? this.#checksums.of(call, etag) : {}
    pass(response, answer, extra)
  }

  #withPartChecksums(call: Call, text: string): string {
    const uploadId = call.query.get('uploadId') ?? ''
    return text.replaceAll(/<PartNumber>(\d+)<\/PartNumber>/g, (element, number: string) => {
      const crc = this.#checksums.partChecksum(uploadId, Number(number))
      return crc === undefined ? element : `${element}<ChecksumCRC32C>${crc}</ChecksumCRC32C>`
    })
  }

  async #write(exchange: Exchange, response: ServerResponse): Promise<void> {
    const { call, payload, url } = exchange
    await this.#checkConditions(call)
    const { method, query } = call
    const isUpload = query.has('uploads') || query.has('uploadId')
    const isComplete = method === 'POST' && query.has('uploadId')
    const whole = isComplete ? this.#checksums.checkWhole(call) : undefined
    const sending = forwarded(call, url, payload.bytes)
    if (query.has('uploads')) {
      // Moto keeps the algorithm with an upload, and would compute another kind of checksum.
      delete sending.headers['x-amz-checksum-algorithm']
    }
    const answer = await this.#moto.send(sending)
    const isDone = answer.statusCode === 200
    const { etag = '' } = answer.headers
    if (method === 'PUT' && isDone && header(call, 'x-amz-copy-source') !== undefined) {
      await this.#finishCopy(exchange, response, answer)
    } else if (method === 'PUT' && isDone && isUpload) {
      this.#checksums.keepPart(call, etag, payload)
      pass(response, answer, checksumHeaders(payload.checksums))
    } else if (method === 'PUT' && isDone && !SUBRESOURCES.some(name => query.has(name))) {
      pass(response, answer, this.#checksums.keepObject(call, etag, payload))
    } else if (method === 'POST' && isDone && isUpload) {
      const extra = query.has('uploads') ? this.#checksums.startHeaders(call) : {}
      await respond(response, answer, text => this.#finishUploadCall(call, text, whole), extra)
    } else {
      pass(response, answer, {})
    }
  }

  /** Amazon S3 checks conditions of copies, too, and holds off concurrent writers of a key. */
  async #checkConditions(call: Call): Promise<void> {
    if (call.method === 'PUT' && call.query.has('uploadId')) return
    await this.#checkSource(call)
    const absent = header(call, 'if-none-match')
    const match = header(call, 'if-match')
    if (absent === undefined && match === undefined) return
    if (absent !== undefined && absent !== '*') {
      throw new Refusal(501, 'NotImplemented', 'If-None-Match of a write can be * only')
    }
    const etag = await this.#moto.etagOf(call.rawPath)
    if (absent !== undefined && etag !== undefined) throw failed('If-None-Match')
    if (match === undefined) return
    if (etag === undefined) {
      throw new Refusal(404, 'NoSuchKey', 'The specified key does not exist.', { Key: call.key })
    }
    if (match !== '*' && !isSameEtag(match, etag)) {
      throw failed('If-Match')
    }
  }

  async #checkSource(call: Call): Promise<void> {
    const match = header(call, 'x-amz-copy-source-if-match')
    if (match === undefined) return
    const etag = await this.#moto.etagOf(sourcePathOf(call))
    if (etag !== undefined && !isSameEtag(match, etag)) throw failed('x-amz-copy-source-If-Match')
  }

  #finishUploadCall(
    call: Call,
    text: string,
    whole: ReturnType<KeptChecksums['checkWhole']>,
  ): string {
    if (call.query.has('uploads')) {
      this.#checksums.startUpload(call, /<UploadId>([^<]+)</.exec(text)?.[1] ?? '')
      return text
    }
    const etag = etagIn(text)
    this.#checksums.endUpload(call, whole === undefined ? undefined : { ...whole, etag })
    const bare = text.replaceAll(/<Checksum\w+>[^<]*<\/Checksum\w+>/g, '')
    if (whole === undefined) return bare
    const added = `${checksumElements(whole.values)}<ChecksumType>${whole.type}</ChecksumType>`
    return bare.replace('</CompleteMultipartUploadResult>', `${added}$&`)
  }

  async #finishCopy({ call }: Exchange, response: ServerResponse, answer: Answer): Promise<void> {
    const text = (await readAll(answer)).toString('utf8')
    const path = sourcePathOf(call)
    const source = decodePath(path.slice(1))
    const sourceEtag = (await this.#moto.etagOf(path)) ?? ''
    const copy = { source, sourceEtag, etag: etagIn(text) }
    const read = (): Promise<Buffer> => this.#moto.contentOf(call.rawPath)
    const values = await this.#checksums.keepCopy(call, copy, read)
    const { 'content-length': _length, ...headers } = ownHeaders(answer)
    response.writeHead(200, headers)
    response.end(text.replace('</CopyObjectResult>', `${checksumElements(values)}$&`))
  }
}

function failed(condition: string): Refusal {
  const message = 'At least one of the pre-conditions you specified did not hold'
  return new Refusal(412, 'PreconditionFailed', message, { Condition: condition })
}

function isSameEtag(a: string, b: string): boolean {
  return a.replaceAll('"', '') === b.replaceAll('"', '')
}

function sourcePathOf(call: Call): string {
  return `/${(header(call, 'x-amz-copy-source') ?? '').replace(/^\//, '')}`
}

function checkRemoval(call: Call, { bytes, checksums }: Payload): void {
  if (header(call, 'content-md5') === undefined && Object.keys(checksums).length === 0) {
    const message = 'Missing required header for this request: Content-MD5 OR x-amz-checksum-*'
    throw new Refusal(400, 'InvalidRequest', message)
  }
  if (bytes.toString('utf8').split('<Key>').length - 1 > MAX_REMOVED_KEYS) {
    const message = 'The XML you provided was not well-formed or did not validate'
    throw new Refusal(400, 'MalformedXML', message)
  }
}

function etagIn(xml: string): string {
  return `"${/<ETag>(?:"|&quot;|&#34;)?([^"&<]+)/.exec(xml)?.[1]}"`
}

function checksumHeaders(checksums: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(checksums).map(([name, value]) => [`x-amz-checksum-${name}`, value]),
  )
}

function checksumElements(checksums: Readonly<Record<string, string>>): string {
  return Object.entries(checksums)
    .map(([name, value]) => [`Checksum${name.toUpperCase()}`, value])
    .map(([name, value]) => `<${name}>${value}</${name}>`)
    .join('')
}

function pass(response: ServerResponse, answer: Answer, extra: Record<string, string>): void {
  response.writeHead(answer.statusCode ?? 500, { ...ownHeaders(answer), ...extra })
  // Who stops reading must not keep one of the few connections to moto.
  response.once('close', () => answer.destroy())
  answer.once('error', () => response.destroy()).pipe(response)
}

async function respond(
  response: ServerResponse,
  answer: Answer,
  change: (text: string) => string,
  extra: Record<string, string> = {},
): Promise<void> {
  const text = change((await readAll(answer)).toString('utf8'))
  const { 'transfer-encoding': _chunked, ...headers } = ownHeaders(answer)
  const length = { 'content-length': String(Buffer.byteLength(text)) }
  response.writeHead(answer.statusCode ?? 500, { ...headers, ...length, ...extra })
  response.end(text)
}

/** Without those of moto's connection, and the version that S3 tells of versioned buckets only. */
function ownHeaders(answer: Answer): IncomingHttpHeaders {
  const { connection: _connection, 'x-amz-version-id': version, ...headers } = answer.headers
  return version === undefined || version === 'null'
    ? headers
    : { ...headers, 'x-amz-version-id': version }
}

let refusals = 0

function refuse(response: ServerResponse, refusal: Refusal, request: IncomingMessage): void {
  const id = `GATE${String((refusals += 1)).padStart(12, '0')}`
  const resource = (request.url ?? '/').replace(/\?.*/s, '')
  const fields = {
    Code: refusal.code,
    Message: refusal.message,
    ...refusal.extra,
    Resource: resource,
    RequestId: id,
  }
  const elements = Object.entries(fields).map(
    ([name, text]) => `<${name}>${escape(text)}</${name}>`,
  )
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${elements.join('')}</Error>`
  response.writeHead(refusal.status, {
    'content-type': 'application/xml',
    'x-amz-request-id': id,
    'content-length': Buffer.byteLength(body),
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}

function escape(text: string): string {
  return text.replaceAll(/[<>&"]/g, char => `&#${char.charCodeAt(0)};`)
}

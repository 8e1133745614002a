import { Access, type Tokens } from './access.ts'
import { ApiError, type Call, json, nothing, parseJson, type Reply, textOf } from './call.ts'
import { Memory } from './memory.ts'
import { listObjects, readObject } from './read.ts'
import { Uploads } from './upload.ts'
import { composeObject, patchObject, removeObject, rewriteObject } from './write.ts'
import { XmlApi } from './xml.ts'

/** All paths but those of the JSON API. */
const OBJECT_OF_XML = /^\/(?!(?:(?:upload|download)\/)?storage\/v1\/|batch(?:\/|$))([^/]+)\/(.+)$/s

/**
 * The part of Cloud Storage's JSON and XML APIs that moves objects: which method answers which path, for whom.
 * Written from the public reference ("Cloud Storage JSON API", "Uniform Resource Identifiers").
 */
export class Service {
  readonly #memory = new Memory()
  readonly #uploads = new Uploads(this.#memory)
  readonly #access: Access
  readonly #xml: XmlApi

  constructor(tokens: Tokens) {
    this.#access = new Access(tokens)
    this.#xml = new XmlApi(this.#memory, this.#access)
  }

  answer(call: Call): Reply {
    try {
      return this.#route(call)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      return error.status === 304 ? nothing(304) : error.reply()
    }
  }

  #route(call: Call): Reply {
    const { path } = call
    const uploadId = call.query.get('upload_id')
    // Who has a session's URI needs nothing else.
    if (path.startsWith('/upload/') && uploadId !== null)
      return this.#uploads.resume(call, uploadId)
    const object = OBJECT_OF_XML.exec(path)
    if (object !== null) return this.#xml.answer(call, decode(object[1]), decode(object[2]))
    return this.#routeJson(call)
  }

  #routeJson(call: Call): Reply {
    const { path, method } = call
    this.#access.check(call)
    if (path.startsWith('/batch')) return this.#batch(call)
    const upload = /^\/upload\/storage\/v1\/b\/([^/]+)\/o$/.exec(path)
    if (upload !== null && method === 'POST') {
      return this.#uploads.insert(call, decode(upload[1]))
    }
    const object = /^(?:\/download)?\/storage\/v1\/b\/([^/]+)\/o\/([^/]+)(\/.*)?$/.exec(path)
    if (object !== null) {
      const place = { bucket: decode(object[1]), name: decode(object[2]) }
      return this.#object(call, place, object[3] ?? '')
    }
    const bucket = /^\/storage\/v1\/b(?:\/([^/]+)(\/o)?)?\/?$/.exec(path)
    if (bucket !== null) return this.#bucket(call, decode(bucket[1]), bucket[2] !== undefined)
    throw new ApiError(404, 'notFound', 'Not Found')
  }

  #object(call: Call, place: { bucket: string; name: string }, rest: string): Reply {
    const { method } = call
    if (rest === '' && method === 'GET') {
      return readObject(this.#memory, call, place.bucket, place.name)
    }
    if (rest === '' && method === 'DELETE') return removeObject(this.#memory, call, place)
    if (rest === '' && method === 'PATCH') return patchObject(this.#memory, call, place)
    if (rest === '/compose' && method === 'POST') return composeObject(this.#memory, call, place)
    const target = /^\/(?:rewriteTo|copyTo)\/b\/([^/]+)\/o\/([^/]+)$/.exec(rest)
    if (target !== null && method === 'POST') {
      const to = { bucket: decode(target[1]), name: decode(target[2]) }
      return rewriteObject(this.#memory, call, place, to)
    }
    throw new ApiError(404, 'notFound', 'Not Found')
  }

  #bucket(call: Call, bucket: string, isObjects: boolean): Reply {
    const { method, body } = call
    if (isObjects && method === 'GET') return listObjects(this.#memory, call, bucket)
    if (bucket === '' && method === 'GET') {
      return json({ kind: 'storage#buckets', items: this.#bucketNames(call) })
    }
    if (bucket === '' && method === 'POST') {
      const name = textOf(parseJson(body)['name']) ?? ''
      this.#memory.createBucket(name)
      return json(this.#describeBucket(name))
    }
    if (method === 'GET') return json(this.#describeBucket(bucket))
    if (method === 'DELETE') {
      this.#memory.removeBucket(bucket)
      return nothing()
    }
    throw new ApiError(404, 'notFound', 'Not Found')
  }

  #bucketNames(call: Call): Record<string, unknown>[] {
    const prefix = call.query.get('prefix') ?? ''
    const names = this.#memory.bucketNames().filter(name => name.startsWith(prefix))
    return names.map(name => this.#describeBucket(name))
  }

  #describeBucket(name: string): Record<string, unknown> {
    const timeCreated = this.#memory.bucketCreatedAt(name).toISOString()
    const place = { location: 'US', locationType: 'multi-region', storageClass: 'STANDARD' }
    return { kind: 'storage#bucket', id: name, name, timeCreated, ...place }
  }

  /** "Batch requests": up to 100 calls in one, each a part of type application/http. */
  #batch(call: Call): Reply {
    const [, quoted, bare] =
      /boundary=(?:"([^"]+)"|([^\s;]+))/.exec(call.headers['content-type'] ?? '') ?? []
    const parts = call.body
      .toString('utf8')
      .split(`--${quoted ?? bare}`)
      .slice(1, -1)
    if (parts.length === 0 || parts.length > 100) {
      throw new ApiError(400, 'badRequest', 'A batch has from 1 to 100 calls')
    }
    const boundary = 'batch_of_answers'
    const answers = parts.map(part => {
      const id = /^content-id:\s*<?([^>\r\n]+)>?/im.exec(part)?.[1] ?? ''
      const reply = this.answer(innerCall(call, part))
      const headers = Object.entries(reply.headers).map(([name, value]) => `${name}: ${value}\r\n`)
      const head = `content-type: application/http\r\ncontent-id: <response-${id}>\r\n`
      const length = `content-length: ${reply.body.length}\r\n`
      const status = `HTTP/1.1 ${reply.status} Answer\r\n`
      return `--${boundary}\r\n${head}\r\n${status}${headers.join('')}${length}\r\n${reply.body.toString('utf8')}\r\n`
    })
    const headers = { 'content-type': `multipart/mixed; boundary=${boundary}` }
    const body = Buffer.from(`${answers.join('')}--${boundary}--\r\n`)
    return { status: 200, headers, body }
  }
}

function innerCall(outer: Call, part: string): Call {
  const text = part.slice(part.indexOf('\r\n\r\n') + 4)
  const end = text.indexOf('\r\n\r\n')
  const [first = '', ...lines] = (end < 0 ? text : text.slice(0, end)).split('\r\n')
  const [, method = '', target = ''] = /^(\w+) (\S+)/.exec(first) ?? []
  const [path = '', query = ''] = target.split('?', 2)
  const headers = Object.fromEntries(
    lines.flatMap(line => {
      const [, name, value] = /^([^:]+):\s*(.*)$/.exec(line) ?? []
      return name === undefined || value === undefined ? [] : [[name.toLowerCase(), value]]
    }),
  )
  const authorization = headers['authorization'] ?? outer.headers['authorization']
  return {
    method,
    path: path.replace(/^https?:\/\/[^/]+/, ''),
    query: new URLSearchParams(query),
    headers: { ...headers, authorization },
    body: Buffer.from(end < 0 ? '' : text.slice(end + 4).replace(/\r\n$/, '')),
    origin: outer.origin,
  }
}

function decode(part: string | undefined): string {
  try {
    return decodeURIComponent(part ?? '')
  } catch {
    throw new ApiError(400, 'invalid', 'Malformed URL')
  }
}

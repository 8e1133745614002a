/** A request to the JSON API, read whole; also one within a batch. */
export interface Call {
  readonly method: string
  /** Encoded, without the query. */
  readonly path: string
  readonly query: URLSearchParams
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: Buffer
  /** Where the client reaches the server. */
  readonly origin: string
}

export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

export function json(resource: object, status = 200): Reply {
  const headers = { 'content-type': 'application/json; charset=UTF-8' }
  return { status, headers, body: Buffer.from(JSON.stringify(resource)) }
}

export function nothing(status = 204, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status, headers, body: Buffer.alloc(0) }
}

/** An error as the service tells it ("HTTP status and error codes for JSON" of Cloud Storage). */
export class ApiError extends Error {
  readonly status: number
  readonly reason: string

  constructor(status: number, reason: string, message: string) {
    super(message)
    this.status = status
    this.reason = reason
  }

  reply(): Reply {
    const { status: code, reason, message } = this
    return json({ error: { code, message, errors: [{ message, domain: 'global', reason }] } }, code)
  }
}

export function invalid(message: string): ApiError {
  return new ApiError(400, 'invalid', message)
}

export function noSuchObject(bucket: string, name: string): ApiError {
  return new ApiError(404, 'notFound', `No such object: ${bucket}/${name}`)
}

/** A JSON body as an object; an empty one is none. */
export function parseJson(body: Buffer): Record<string, unknown> {
  if (body.length === 0) return {}
  try {
    const found: unknown = JSON.parse(body.toString('utf8'))
    if (isRecord(found)) return found
  } catch {
    // told below
  }
  throw new ApiError(400, 'parseError', 'Parse Error')
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** The headers that the collector reads; all others are checked for their form and passed over. */
const KNOWN = [
  'authorization',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'ferry-signature',
  'origin',
  'access-control-request-headers',
  'prefer',
  'transfer-encoding',
  'x-forwarded-for',
  'x-hamustro-signature',
  'x-hamustro-time',
  'x-maintenance-key',
] as const

export type HeaderName = (typeof KNOWN)[number]

const KNOWN_NAMES: ReadonlySet<string> = new Set(KNOWN)

export interface RequestHead {
  readonly method: string
  /** Without the query. */
  readonly path: string
  readonly headers: Readonly<Partial<Record<HeaderName, string>>>
  readonly keepAlive: boolean
  /** Bytes of the body, or `chunked`. */
  readonly length: number | 'chunked'
}

/** A request that is no HTTP/1.1, or one that we do not take; the connection ends with its answer. */
export class HttpError extends Error {
  override readonly name = 'HttpError'
  readonly status: 400 | 408 | 413 | 417 | 431 | 501 | 503 | 505

  constructor(status: HttpError['status'], message: string) {
    super(message)
    this.status = status
  }
}

const REQUEST_LINE = /^([A-Z]+) (\/[\x21-\x7e]*|\*|https?:\/\/[\x21-\x7e]+) HTTP\/1\.([01])$/
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/

/**
 * Parses a request's head, from the request line to the last header, without the empty line. As
 * strict as RFC 9112 allows: what two readers could take in two ways is refused, since that is how
 * requests are smuggled past a proxy. @see https://www.rfc-editor.org/rfc/rfc9112
 * @throws HttpError
 */
export function parseRequestHead(head: string): RequestHead {
  let lineEnd = head.indexOf('\r\n')
  if (lineEnd < 0) lineEnd = head.length
  const line = REQUEST_LINE.exec(head.slice(0, lineEnd))
  if (line === null) throw new HttpError(400, 'the request line is not HTTP/1.1')
  const [, method = '', target = '', minor] = line
  const headers: Partial<Record<HeaderName, string>> = {}
  for (let at = lineEnd + 2; at < head.length; at = lineEnd + 2) {
    lineEnd = head.indexOf('\r\n', at)
    if (lineEnd < 0) lineEnd = head.length
    readHeader(head, at, lineEnd, headers)
  }
  const question = target.indexOf('?')
  const connection = headers.connection?.toLowerCase()
  return {
    method,
    path: question < 0 ? target : target.slice(0, question),
    headers,
    keepAlive: minor === '1' ? connection !== 'close' : connection === 'keep-alive',
    length: bodyLength(headers, minor === '1'),
  }
}

function readHeader(
  head: string,
  start: number,
  end: number,
  headers: Partial<Record<HeaderName, string>>,
): void {
  const colon = head.indexOf(':', start)
  if (colon < 0 || colon > end) throw new HttpError(400, 'a header has no colon')
  const written = head.slice(start, colon)
  const name = written.toLowerCase()
  if (!KNOWN_NAMES.has(name)) {
    if (!TOKEN.test(written)) throw new HttpError(400, 'the name of a header is not valid')
    return
  }
  const known = name as HeaderName // it is in the set of them
  const value = head.slice(colon + 1, end).trim()
  const earlier = headers[known]
  if (earlier === undefined) headers[known] = value
  else if (known === 'x-forwarded-for') headers[known] = `${earlier}, ${value}`
  else if (earlier !== value) throw new HttpError(400, `the header ${known} comes twice`)
}

function bodyLength(
  headers: Readonly<Partial<Record<HeaderName, string>>>,
  isCurrent: boolean,
): number | 'chunked' {
  const coding = headers['transfer-encoding']
  const length = headers['content-length']
  if (coding !== undefined) {
    if (length !== undefined) throw new HttpError(400, 'the length of the body is given twice')
    if (!isCurrent) throw new HttpError(400, 'HTTP/1.0 knows no Transfer-Encoding')
    if (coding.toLowerCase() !== 'chunked') throw new HttpError(501, 'unknown Transfer-Encoding')
    return 'chunked'
  }
  if (length === undefined) return 0
  if (!/^\d{1,15}$/.test(length)) throw new HttpError(400, 'Content-Length is no number')
  return Number(length)
}

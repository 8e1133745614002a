/** The headers that the collector reads; all others are checked for their form and passed over. */
const KNOWN = [
  'authorization',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'ferry-signature',
  'host',
  'origin',
  'access-control-request-headers',
  'prefer',
  'transfer-encoding',
  'x-forwarded-for',
  'x-hamustro-signature',
  'x-hamustro-time',
  'x-maintenance-key',
  'x-write-key',
] as const

export type HeaderName = (typeof KNOWN)[number]

type KnownHeaders = Record<HeaderName, string | undefined>

/** All names from the start: heads that have one shape are read faster. */
const NO_HEADERS = Object.fromEntries(KNOWN.map(name => [name, undefined])) as KnownHeaders

/** Names by their length: few share one, so that a name is found without making a text of it. */
const BY_LENGTH: readonly (readonly HeaderName[])[] = Array.from({ length: 40 }, (_, length) =>
  KNOWN.filter(name => name.length === length),
)

export interface RequestHead {
  readonly method: string
  /** Without the query. */
  readonly path: string
  readonly headers: Readonly<KnownHeaders>
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

/** 1 for what may stand in the name of a header. */
const TOKEN = new Uint8Array(256)
for (const letter of "!#$%&'*+-.^_`|~") TOKEN[letter.charCodeAt(0)] = 1
TOKEN.fill(1, 0x30, 0x3a) // digits
TOKEN.fill(1, 0x41, 0x5b)
TOKEN.fill(1, 0x61, 0x7b)

const TAB = 0x09
const SPACE = 0x20
const COLON = 0x3a
/** Makes small letters of capital ones, and changes no other character of a name into one. */
const SMALL = 0x20

interface RequestLine {
  readonly text: string
  readonly method: string
  readonly path: string
  readonly isCurrent: boolean
}

/**
 * Parses heads of requests, from the request line to the last header, without the empty line. As
 * strict as RFC 9112 allows: what two readers could take in two ways is refused, since that is how
 * requests are smuggled past a proxy. @see https://www.rfc-editor.org/rfc/rfc9112
 */
export class HeadParser {
  /** The last one: clients send the same again and again. */
  #line: RequestLine = { text: '', method: '', path: '', isCurrent: false }

  /** `head` has a character for each byte. @throws HttpError */
  parse(head: string): RequestHead {
    const lineEnd = endOfLine(head, 0)
    const { method, path, isCurrent } = this.#readLine(head, lineEnd)
    const headers = { ...NO_HEADERS }
    for (let at = lineEnd + 2; at < head.length; ) at = readHeader(head, at, headers) + 2
    if (isCurrent && headers.host === undefined) throw new HttpError(400, 'Host is missing')
    const connection = headers.connection?.toLowerCase()
    return {
      method,
      path,
      headers,
      keepAlive: isCurrent ? connection !== 'close' : connection === 'keep-alive',
      length: bodyLength(headers, isCurrent),
    }
  }

  #readLine(head: string, end: number): RequestLine {
    const { text } = this.#line
    if (text.length === end && head.startsWith(text)) return this.#line
    const line = REQUEST_LINE.exec(head.slice(0, end))
    if (line === null) throw new HttpError(400, 'the request line is not HTTP/1.1')
    const [whole, method = '', target = '', minor] = line
    const question = target.indexOf('?')
    const path = question < 0 ? target : target.slice(0, question)
    this.#line = { text: whole, method, path, isCurrent: minor === '1' }
    return this.#line
  }
}

function endOfLine(head: string, from: number): number {
  const end = head.indexOf('\r\n', from)
  return end < 0 ? head.length : end
}

/** Reads the header that starts at `start`; returns where its line ends. */
function readHeader(head: string, start: number, headers: KnownHeaders): number {
  let colon = start
  while (TOKEN[head.charCodeAt(colon)] === 1) colon++
  if (colon === start || head.charCodeAt(colon) !== COLON) {
    throw new HttpError(400, 'the name of a header is not valid')
  }
  const end = endOfLine(head, colon)
  const known = knownName(head, start, colon)
  if (known === undefined) {
    requireText(head, colon + 1, end)
    return end
  }
  let first = colon + 1
  let last = end
  while (first < last && isBlank(head.charCodeAt(first))) first++
  while (last > first && isBlank(head.charCodeAt(last - 1))) last--
  requireText(head, first, last)
  const value = head.slice(first, last)
  const earlier = headers[known]
  if (earlier === undefined) headers[known] = value
  else if (known === 'x-forwarded-for' || known === 'prefer')
    headers[known] = `${earlier}, ${value}`
  else if (earlier !== value || known === 'host') {
    throw new HttpError(400, `the header ${known} comes twice`)
  }
  return end
}

function knownName(head: string, start: number, end: number): HeaderName | undefined {
  for (const name of BY_LENGTH[end - start] ?? []) {
    let at = 0
    while (at < name.length && (head.charCodeAt(start + at) | SMALL) === name.charCodeAt(at)) at++
    if (at === name.length) return name
  }
  return undefined
}

/** A line end or a NUL in a value is the end of a header to some readers. @throws HttpError */
function requireText(head: string, start: number, end: number): void {
  for (let at = start; at < end; at++) {
    const code = head.charCodeAt(at)
    if (code < SPACE && code !== TAB) {
      throw new HttpError(400, 'the value of a header is not valid')
    }
  }
}

const isBlank = (code: number): boolean => code === SPACE || code === TAB

function bodyLength(headers: Readonly<KnownHeaders>, isCurrent: boolean): number | 'chunked' {
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

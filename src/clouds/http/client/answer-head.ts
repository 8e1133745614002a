import type { AnswerHeaders } from '../sender.ts'

export interface AnswerHead {
  readonly status: number
  readonly headers: AnswerHeaders
  /** How the end of the body is found (RFC 9112, 6.3): after so many bytes, or by what is said. */
  readonly body: number | 'chunked' | 'until-close'
  /** For how long the connection may be kept; 0: not at all. As long as one likes where not told. */
  readonly keepMs: number
}

/** What came is no answer of HTTP. */
export class BrokenAnswerError extends Error {
  readonly code = 'HPE_INVALID'
}

const STATUS = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: |$)/
const LENGTH = /^\d{1,15}$/
const TIMEOUT = /timeout=(\d{1,6})/i

/** A service may close a little earlier than it said. */
const EARLIER_MS = 1_000

/**
 * Reads the head of an answer, without the empty line at its end. Two ways of telling the length are
 * refused, as what follows would be read otherwise by others. @throws BrokenAnswerError
 */
export function readAnswerHead(text: string, method: string): AnswerHead {
  const lines = text.split('\r\n')
  const [, minor, code] = STATUS.exec(lines[0] ?? '') ?? []
  if (minor === undefined) throw new BrokenAnswerError('the answer is no HTTP')
  const status = Number(code)
  const headers: Record<string, string | string[]> = Object.create(null) as Record<string, string>
  for (let at = 1; at < lines.length; at++) addHeader(headers, lines[at] ?? '')
  const connection = oneOf(headers['connection'])?.toLowerCase() ?? ''
  const isKept = minor === '1' ? !connection.includes('close') : connection.includes('keep-alive')
  const body = bodyOf(headers, status, method)
  const seconds = TIMEOUT.exec(oneOf(headers['keep-alive']) ?? '')?.[1]
  const told = seconds === undefined ? Infinity : Number(seconds) * 1_000 - EARLIER_MS
  const keepMs = isKept && body !== 'until-close' ? Math.max(0, told) : 0
  return { status, headers, body, keepMs }
}

function addHeader(headers: Record<string, string | string[]>, line: string): void {
  const colon = line.indexOf(':')
  // A name ends at its colon; a line that begins with a space goes on with the one before, or did once.
  if (colon < 1 || line.charCodeAt(0) <= 0x20 || line.charCodeAt(colon - 1) <= 0x20) {
    throw new BrokenAnswerError('a header of the answer is none')
  }
  const name = line.slice(0, colon).toLowerCase()
  const value = line.slice(colon + 1).trim()
  const before = headers[name]
  if (before === undefined) headers[name] = value
  else if (typeof before === 'string') headers[name] = [before, value]
  else before.push(value)
}

function bodyOf(
  headers: Readonly<Record<string, string | string[]>>,
  status: number,
  method: string,
): AnswerHead['body'] {
  const length = headers['content-length']
  const coding = headers['transfer-encoding']
  if (coding !== undefined && length !== undefined) {
    throw new BrokenAnswerError('the answer tells its length twice')
  }
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) return 0
  if (coding !== undefined) {
    if (oneOf(coding)?.toLowerCase() === 'chunked') return 'chunked'
    throw new BrokenAnswerError('the answer is coded in a way that is not known')
  }
  if (length === undefined) return 'until-close'
  const lengths = new Set(typeof length === 'string' ? [length] : length)
  const [only = ''] = lengths
  if (lengths.size !== 1 || !LENGTH.test(only)) {
    throw new BrokenAnswerError('the answer has no clear length')
  }
  return Number(only)
}

function oneOf(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.join(', ')
}

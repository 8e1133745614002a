import type { SentRequest } from '../sender.ts'

/** RFC 9110, 5.6.2. */
const TOKEN = /^[!#$%&'*+.^`|~\w-]+$/
/** RFC 9110, 5.5: visible characters, and spaces and tabs between them. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/
const PATH = /^[\x21-\x7e]+$/

/** What cannot be said in the head of a request; nothing was sent. */
export class UnsendableError extends Error {
  readonly code = 'ERR_INVALID_CHAR'
}

/**
 * The head of a request (RFC 9112, 3), in latin1. Each value is looked at, so that none can end its
 * line and begin another. @throws UnsendableError
 */
export function printRequestHead({ origin, method, path, headers, body }: SentRequest): string {
  if (!PATH.test(path)) throw new UnsendableError('the path has a character that no path may have')
  let head = `${method} ${path} HTTP/1.1\r\n`
  let hasHost = false
  let hasLength = false
  for (const name in headers) {
    const value = headers[name] ?? ''
    if (!TOKEN.test(name) || !VALUE.test(value)) {
      throw new UnsendableError(`the header \`${name}\` has a character that none may have`)
    }
    hasHost ||= name === 'host'
    hasLength ||= name === 'content-length'
    head += `${name}: ${value}\r\n`
  }
  if (!hasHost) head += `host: ${hostOf(origin)}\r\n`
  const mayHaveBody = method === 'PUT' || method === 'POST' || body !== undefined
  if (!hasLength && mayHaveBody) head += `content-length: ${body?.length ?? 0}\r\n`
  return `${head}\r\n`
}

function hostOf(origin: string): string {
  return origin.slice(origin.indexOf('//') + 2)
}

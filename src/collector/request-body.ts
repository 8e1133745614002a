import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib'
import { systemErrorCode } from '../core/errors.ts'
import { Refusal } from './refusal.ts'

/**
 * The body as it was before its Content-Encoding. One that would become larger than `maxBytes` is
 * refused after that many bytes, whatever it says of itself. Some libraries send gzip without a
 * word; `sniff` believes its first bytes. @throws Refusal encoding, body_too_large
 */
export function decodeBody(
  body: Buffer,
  encoding: string | undefined,
  options: { readonly maxBytes: number; readonly sniff: boolean },
): Buffer {
  const limit = { maxOutputLength: options.maxBytes }
  try {
    switch (encoding?.toLowerCase() ?? '') {
      case '':
      case 'identity':
        return options.sniff && isGzip(body) ? gunzipSync(body, limit) : body
      case 'gzip':
      case 'x-gzip':
        return gunzipSync(body, limit)
      case 'deflate':
        return inflateSync(body, limit)
      case 'br':
        return brotliDecompressSync(body, limit)
      default:
        throw new Refusal('encoding', 'Content-Encoding is none of gzip, deflate, br')
    }
  } catch (error) {
    if (error instanceof Refusal) throw error
    if (systemErrorCode(error) === 'ERR_BUFFER_TOO_LARGE') {
      throw new Refusal(
        'body_too_large',
        `the inflated body is larger than ${options.maxBytes} bytes`,
      )
    }
    throw new Refusal('encoding', 'the body is not what Content-Encoding says')
  }
}

function isGzip(body: Buffer): boolean {
  return body[0] === 0x1f && body[1] === 0x8b
}

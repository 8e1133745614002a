import type { ObjectInfo, PutOptions } from '../../store.ts'
import type { WireAnswer } from '../../../clouds/http/transport.ts'
import { textHeader } from '../../../clouds/http/headers.ts'

const PREFIX = 'x-amz-meta-'

/**
 * How the `_` in names of metadata is written in headers. Amazon takes it as it is; before services
 * of others there often stands a proxy that drops headers with a `_`, so there it goes as `-`.
 */
export type NameSpelling = '_' | '-'

/** What goes with an object besides its bytes. */
export type Described = Pick<
  PutOptions,
  'contentType' | 'contentEncoding' | 'metadata' | 'storageClass'
>

export function describingHeaders(
  options: Described,
  spelling: NameSpelling,
): Record<string, string> {
  const { contentType, contentEncoding, metadata = {}, storageClass } = options
  const headers: Record<string, string> = {}
  if (contentType !== undefined) headers['content-type'] = contentType
  if (contentEncoding !== undefined) headers['content-encoding'] = contentEncoding
  if (storageClass !== undefined) headers['x-amz-storage-class'] = storageClass
  for (const [name, value] of Object.entries(metadata)) {
    headers[`${PREFIX}${name.toLowerCase().replaceAll('_', spelling)}`] = encodeValue(value)
  }
  return headers
}

export function describedBy(
  headers: WireAnswer['headers'],
  spelling: NameSpelling,
): Pick<ObjectInfo, 'contentType' | 'contentEncoding' | 'metadata' | 'storageClass'> {
  const metadata: Record<string, string> = {}
  for (const name of Object.keys(headers)) {
    if (!name.startsWith(PREFIX)) continue
    const known = name.slice(PREFIX.length).replaceAll(spelling, '_')
    metadata[known] = decodeValue(textHeader(headers, name) ?? '')
  }
  // `aws-chunked` tells how a body was sent, not how it is stored.
  const encodings = (textHeader(headers, 'content-encoding') ?? '')
    .split(',')
    .map(encoding => encoding.trim())
    .filter(encoding => encoding !== '' && encoding !== 'aws-chunked')
  return {
    metadata,
    contentType: textHeader(headers, 'content-type'),
    contentEncoding: encodings.length === 0 ? undefined : encodings.join(', '),
    // Of the class that objects have unless another is named, S3 says nothing here, but in listings.
    storageClass: textHeader(headers, 'x-amz-storage-class') ?? 'STANDARD',
  }
}

/** Headers carry printable ASCII and lose spaces at their ends; anything else goes as RFC 2047 has it. */
const PLAIN = /^(?! )[\x20-\x7e]*(?<! )$/
const ENCODED_WORD = /=\?UTF-8\?([BQ])\?([^?\s]*)\?=/gi

function encodeValue(value: string): string {
  if (PLAIN.test(value) && !value.includes('=?')) return value
  return `=?UTF-8?B?${Buffer.from(value).toString('base64')}?=`
}

/** S3 itself gives values of other characters in this form. */
function decodeValue(text: string): string {
  if (!text.includes('=?')) return text
  // Space between two encoded words is none of the value's.
  const joined = text.replace(/(=\?UTF-8\?[BQ]\?[^?\s]*\?=)\s+(?==\?UTF-8)/gi, '$1')
  return joined.replace(ENCODED_WORD, (_, form: string, content: string) => {
    if (form.toUpperCase() === 'B') return Buffer.from(content, 'base64').toString('utf8')
    const bytes = content
      .replaceAll('_', ' ')
      .replace(/=([0-9a-f]{2})/gi, (_hex, code: string) =>
        String.fromCharCode(Number.parseInt(code, 16)),
      )
    return Buffer.from(bytes, 'latin1').toString('utf8')
  })
}

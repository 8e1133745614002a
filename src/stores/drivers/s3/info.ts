import { base64ToHex, type Checksums } from '../../../formats/checksum.ts'
import type { ObjectInfo } from '../../store.ts'
import { brokenAnswer, type Subject } from './errors.ts'
import { describedBy, type NameSpelling } from './metadata.ts'
import type { WireAnswer } from '../../../clouds/http/transport.ts'
import { textHeader } from '../../../clouds/http/headers.ts'

type Headers = WireAnswer['headers']

export interface ObjectSubject extends Subject {
  readonly key: string
}

/** What the head of an answer says of an object. @throws FerryError TRANSIENT (it says too little) */
export function infoOf(
  subject: ObjectSubject,
  headers: Headers,
  spelling: NameSpelling,
): ObjectInfo {
  const range = /^bytes \d+-\d+\/(\d+)$/.exec(textHeader(headers, 'content-range') ?? '')
  const size = Number(range?.[1] ?? textHeader(headers, 'content-length') ?? NaN)
  const modifiedAt = new Date(textHeader(headers, 'last-modified') ?? NaN)
  const etag = etagOf(headers)
  if (!Number.isSafeInteger(size) || Number.isNaN(modifiedAt.getTime()) || etag === undefined) {
    throw brokenAnswer(subject, 'it lacks the size, the time or the ETag of the object')
  }
  // With a range, a service may tell the checksum of the part that the range lies in.
  const checksums = range === null ? checksumsOf(headers) : md5Of(headers)
  return { key: subject.key, size, modifiedAt, etag, checksums, ...describedBy(headers, spelling) }
}

export function etagOf(headers: Headers): string | undefined {
  const etag = textHeader(headers, 'etag')
  return etag === undefined ? undefined : bareEtag(etag)
}

/** Services and their XML differ in whether they quote; the quotes tell nothing. */
export function bareEtag(etag: string): string {
  return etag.startsWith('"') && etag.endsWith('"') ? etag.slice(1, -1) : etag
}

export function quotedEtag(etag: string): string {
  return etag.startsWith('W/') ? etag : `"${etag}"`
}

const HEADERS = {
  crc32c: 'x-amz-checksum-crc32c',
  crc64nvme: 'x-amz-checksum-crc64nvme',
  sha256: 'x-amz-checksum-sha256',
} as const

/** The checksums of the whole object: none that were made of its parts' checksums (`...-3`). */
export function checksumsOf(headers: Headers): Checksums {
  const isOfParts = textHeader(headers, 'x-amz-checksum-type') === 'COMPOSITE'
  const found: Record<string, string> = {}
  for (const [name, header] of Object.entries(HEADERS)) {
    const value = textHeader(headers, header)
    if (value !== undefined && value !== '' && !isOfParts && !value.includes('-')) {
      found[name] = base64ToHex(value)
    }
  }
  return { ...found, ...md5Of(headers) }
}

const MD5 = /^[0-9a-f]{32}$/

/** An ETag is the MD5 of an object that came in one piece, unless it was encrypted with a key of KMS. */
export function md5Of(headers: Headers): { md5?: string } {
  const etag = etagOf(headers) ?? ''
  return MD5.test(etag) && !hasOpaqueEtag(headers) ? { md5: etag } : {}
}

export function hasOpaqueEtag(headers: Headers): boolean {
  const encryption = textHeader(headers, 'x-amz-server-side-encryption') ?? 'AES256'
  const isOwnKey =
    textHeader(headers, 'x-amz-server-side-encryption-customer-algorithm') !== undefined
  return encryption !== 'AES256' || isOwnKey
}

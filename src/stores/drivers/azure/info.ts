import { base64ToHex, type Checksums } from '../../../formats/checksum.ts'
import type { WireAnswer } from '../../../clouds/http/transport.ts'
import type { ObjectInfo } from '../../store.ts'
import { brokenAnswer, type Subject } from './errors.ts'
import { withKeptCrc } from './kept-crc.ts'
import { describedBy } from './metadata.ts'
import { textHeader } from '../../../clouds/http/headers.ts'

type Headers = WireAnswer['headers']

export interface BlobSubject extends Subject {
  readonly key: string
}

/** What the head of an answer says of an object. @throws FerryError TRANSIENT (it says too little) */
export function infoOf(subject: BlobSubject, headers: Headers): ObjectInfo {
  const range = /^bytes \d+-\d+\/(\d+)$/.exec(textHeader(headers, 'content-range') ?? '')
  const size = Number(range?.[1] ?? textHeader(headers, 'content-length') ?? NaN)
  const { etag, modifiedAt } = versionOf(subject, headers)
  if (!Number.isSafeInteger(size)) throw brokenAnswer(subject, 'it lacks the size of the object')
  // With a range, `content-md5` is that of the range.
  const own = range === null ? 'content-md5' : 'x-ms-blob-content-md5'
  const checksums = withKeptCrc(md5Checksums(textHeader(headers, own)), headers)
  return { key: subject.key, size, modifiedAt, etag, checksums, ...describedBy(headers) }
}

/** What each write tells of the object that is there now. */
export function versionOf(
  subject: Subject,
  headers: Headers,
): { readonly etag: string; readonly modifiedAt: Date } {
  const etag = textHeader(headers, 'etag')
  const modifiedAt = new Date(textHeader(headers, 'last-modified') ?? NaN)
  if (etag === undefined || Number.isNaN(modifiedAt.getTime())) {
    throw brokenAnswer(subject, 'it lacks the time or the ETag of the object')
  }
  return { etag: bareEtag(etag), modifiedAt }
}

const MD5_BASE64 = /^[A-Za-z0-9+/]{22}==$/

/** Whoever writes a blob may store any text as its MD5. */
export function md5Checksums(base64: string | undefined): Checksums {
  return base64 !== undefined && MD5_BASE64.test(base64) ? { md5: base64ToHex(base64) } : {}
}

/** Headers quote, listings do not; the quotes tell nothing. */
export function bareEtag(etag: string): string {
  return etag.startsWith('"') && etag.endsWith('"') ? etag.slice(1, -1) : etag
}

export function quotedEtag(etag: string): string {
  return `"${etag}"`
}

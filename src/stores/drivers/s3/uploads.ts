import { FerryError } from '../../../core/errors.ts'
import { base64ToHex, crc32cHex, hexToBase64 } from '../../../formats/checksum.ts'
import type {
  CallOptions,
  ObjectInfo,
  Part,
  PartReceipt,
  PutOptions,
  UploadRef,
  Uploads,
} from '../../store.ts'
import { assertCondition, conditionHeaders } from './conditions.ts'
import { arrivedOtherwise, brokenAnswer } from './errors.ts'
import { listPartPages } from '../../http/part-pages.ts'
import { bareEtag, etagOf, quotedEtag } from './info.ts'
import { describingHeaders } from './metadata.ts'
import { asCondition, type BucketContext, statObject } from './objects.ts'
import { assertNoGap, type Completion, Content, isMadeOf } from './verification.ts'
import { childText, escapeXml, type XmlElement } from '../../../clouds/http/xml.ts'
import { textHeader } from '../../../clouds/http/headers.ts'
import { noteGoneUpload, reconcile } from '../../http/outcome-history.ts'

/**
 * What the service does with the CRC-32C of parts: it adds them up to one of the whole, makes one of
 * them all, or knows none. Told when the upload begins, and a part of Ferry's id of it.
 */
type CrcKind = 'full' | 'composite' | 'none'

const MARKS = { full: 'F', composite: 'C', none: 'N' } as const satisfies Record<CrcKind, string>

export function s3Uploads(context: BucketContext): Uploads {
  return {
    start: (key, options) => startUpload(context, key, options),
    putPart: (upload, part, options) => putPart(context, upload, { ...part, ...options }),
    parts: (upload, options) => listParts(context, upload, options),
    complete: (upload, whole, options) => completeUpload(context, upload, { ...options, whole }),
    abort: (upload, options) => abortUpload(context, upload, options),
  }
}

export async function startUpload(
  { client, bucket, verification }: BucketContext,
  key: string,
  options: PutOptions,
): Promise<UploadRef> {
  const send = (): Promise<UploadRef> => {
    const wanted = verification.knowsCrc
      ? { 'x-amz-checksum-algorithm': 'CRC32C', 'x-amz-checksum-type': 'FULL_OBJECT' }
      : {}
    const headers = { ...describingHeaders(options, client.spelling), ...wanted }
    const { signal } = options
    const request = {
      bucket,
      key,
      method: 'POST',
      query: { uploads: '' },
      headers,
      signal,
    } as const
    let kind: CrcKind = 'none'
    return client.sendForXml(request, (root, answer) => {
      if (textHeader(answer.headers, 'x-amz-checksum-algorithm') === 'CRC32C') {
        const type = textHeader(answer.headers, 'x-amz-checksum-type')
        kind = type === 'FULL_OBJECT' ? 'full' : 'composite'
        verification.learnCrc()
      }
      const id = childText(root, 'UploadId')
      if (!id) throw brokenAnswer({ bucket, key }, 'it has no id of the upload')
      return { key, id: `${MARKS[kind]}:${id}` }
    })
  }
  return verification.fallingBack(send)
}

export function parseId({ key, id }: UploadRef): {
  readonly kind: CrcKind
  readonly uploadId: string
} {
  const [, mark, uploadId = ''] = /^([FCN]):(.+)$/s.exec(id) ?? []
  if (mark === undefined) {
    throw new FerryError('OBJECT_NOT_FOUND', `the upload \`${id}\` of \`${key}\` is none of S3’s`)
  }
  return { kind: mark === 'F' ? 'full' : mark === 'C' ? 'composite' : 'none', uploadId }
}

async function putPart(
  { client, bucket, verification }: BucketContext,
  upload: UploadRef,
  { number, bytes, crc32c: crc, signal }: Part & CallOptions,
): Promise<PartReceipt> {
  const { key } = upload
  const { kind, uploadId } = parseId(upload)
  const subject = { bucket, key }
  const query = { partNumber: String(number), uploadId }
  const content = new Content(bytes, crc)
  const headers = verification.headersFor(content, kind !== 'none')
  return client.send({ ...subject, method: 'PUT', query, headers, body: bytes, signal }, answer => {
    verification.check(answer, content, subject)
    const etag = etagOf(answer.headers)
    if (etag === undefined) throw brokenAnswer(subject, 'it has no ETag of the part')
    return { number, size: bytes.length, etag, crc32c: crc }
  })
}

function listParts(
  { client, bucket }: BucketContext,
  upload: UploadRef,
  { signal }: CallOptions,
): AsyncGenerator<PartReceipt> {
  const { key } = upload
  const { uploadId } = parseId(upload)
  return listPartPages(
    (marker, read) => {
      const query = { uploadId, ...(marker === undefined ? {} : { 'part-number-marker': marker }) }
      return client.sendForXml({ bucket, key, method: 'GET', query, signal }, read)
    },
    { readPart, broken: what => brokenAnswer({ bucket, key }, what) },
  )
}

function readPart(part: XmlElement): PartReceipt {
  const crc = childText(part, 'ChecksumCRC32C')
  return {
    number: Number(childText(part, 'PartNumber') ?? NaN),
    size: Number(childText(part, 'Size') ?? NaN),
    etag: bareEtag(childText(part, 'ETag') ?? ''),
    ...(crc === undefined ? {} : { crc32c: Number.parseInt(base64ToHex(crc), 16) }),
  }
}

export async function completeUpload(
  context: BucketContext,
  upload: UploadRef,
  { whole, condition, signal }: PutOptions & { readonly whole: Completion },
): Promise<ObjectInfo> {
  const { client, bucket } = context
  const { key } = upload
  const { kind, uploadId } = parseId(upload)
  const subject = { bucket, key }
  assertNoGap(whole, subject)
  const stat = (): Promise<ObjectInfo> => statObject(context, key, { signal })
  if (!client.isAmazon) await assertCondition(subject, condition, stat)
  const headers = {
    'content-type': 'application/xml',
    ...conditionHeaders(condition),
    ...(kind === 'full' ? wholeHeaders(whole) : {}),
  }
  const history = { isOutcomeUnknown: false }
  const body = Buffer.from(printParts(whole, kind))
  const request = {
    ...subject,
    method: 'POST',
    query: { uploadId },
    headers,
    body,
    signal,
  } as const
  try {
    const told = await client.sendForXml({ ...request, history }, root => ({
      etag: bareEtag(childText(root, 'ETag') ?? ''),
      compositeCrc: childText(root, 'ChecksumCRC32C'),
    }))
    return await lookAt(context, { key, told, whole, stat })
  } catch (error) {
    const known = asCondition(error, subject, condition)
    noteGoneUpload(history, known)
    return reconcile(known, history, { stat, isOurs: info => isMadeOf({ info }, whole) === true })
  }
}

interface Completed {
  readonly key: string
  readonly told: { readonly etag: string; readonly compositeCrc: string | undefined }
  readonly whole: Completion
  readonly stat: () => Promise<ObjectInfo>
}

/** What the service now has; not what was sent, it is taken away again. */
async function lookAt(
  { client, bucket }: BucketContext,
  { key, told, whole, stat }: Completed,
): Promise<ObjectInfo> {
  const info = await stat()
  if (info.etag !== told.etag) {
    // Another's object has taken the place of ours by now; what is told is ours.
    const { modifiedAt } = info
    return { key, size: whole.size, modifiedAt, etag: told.etag, checksums: {} }
  }
  if (isMadeOf({ info, compositeCrc: told.compositeCrc }, whole) !== false) return info
  const headers = { 'if-match': quotedEtag(info.etag) }
  const signal = AbortSignal.timeout(CLEANUP_MS)
  await client
    .send({ bucket, key, method: 'DELETE', headers, signal }, () => {})
    .catch(() => {
      // What is thrown says that the object is wrong.
    })
  throw arrivedOtherwise({ bucket, key })
}

const CLEANUP_MS = 10_000

/** With these the service compares the whole before anybody can see it. */
function wholeHeaders({ size, crc32c }: Completion): Record<string, string> {
  return {
    'x-amz-checksum-type': 'FULL_OBJECT',
    'x-amz-mp-object-size': String(size),
    ...(crc32c === undefined ? {} : { 'x-amz-checksum-crc32c': hexToBase64(crc32cHex(crc32c)) }),
  }
}

function printParts({ parts }: Completion, kind: CrcKind): string {
  const elements = parts.map(({ number, etag, crc32c }) => {
    const sum =
      kind === 'none' || crc32c === undefined
        ? ''
        : `<ChecksumCRC32C>${hexToBase64(crc32cHex(crc32c))}</ChecksumCRC32C>`
    return `<Part><PartNumber>${number}</PartNumber><ETag>${escapeXml(`"${etag}"`)}</ETag>${sum}</Part>`
  })
  const namespace = 'http://s3.amazonaws.com/doc/2006-03-01/'
  return `<CompleteMultipartUpload xmlns="${namespace}">${elements.join('')}</CompleteMultipartUpload>`
}

export async function abortUpload(
  { client, bucket }: BucketContext,
  upload: UploadRef,
  { signal }: CallOptions,
): Promise<void> {
  const { uploadId } = parseId(upload)
  const { key } = upload
  try {
    await client.send({ bucket, key, method: 'DELETE', query: { uploadId }, signal }, () => {})
  } catch (error) {
    if (error instanceof FerryError && error.code === 'OBJECT_NOT_FOUND') return
    throw error
  }
}

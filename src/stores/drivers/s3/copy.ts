import { FerryError } from '../../../core/errors.ts'
import { forEachParallel } from '../../../core/for-each-parallel.ts'
import { base64ToHex, checksumsAgree, combineCrc32c } from '../../../formats/checksum.ts'
import { partBytesFor } from '../../part-size.ts'
import type { CopySource, ObjectInfo, PartReceipt, PutOptions, UploadRef } from '../../store.ts'
import { escapeSegment } from '../../http/escape-key.ts'
import { keyPath } from './addressing.ts'
import { CAPABILITIES } from './capabilities.ts'
import { assertCondition, conditionHeaders } from './conditions.ts'
import { brokenAnswer, subjectName } from './errors.ts'
import { bareEtag, quotedEtag } from './info.ts'
import { describingHeaders, type Described } from './metadata.ts'
import { asCondition, type BucketContext, statObject } from './objects.ts'
import { abortUpload, completeUpload, parseId, startUpload } from './uploads.ts'
import type { Completion } from './verification.ts'
import { childText } from '../../../clouds/http/xml.ts'
import { reconcile } from '../../http/outcome-history.ts'
import type { RequestHistory } from '../../../clouds/http/request-history.ts'

/** Above this the service copies in parts only. */
const MOST_AT_ONCE = CAPABILITIES.maxPutBytes

/** A part is copied before anybody takes the silence for a broken connection. */
const COPY_PART_BYTES = 268_435_456
const PARALLEL = 8

/** Copies within the service: the bytes do not come here. What arrived is compared with the source. */
export async function copyObject(
  context: BucketContext,
  source: CopySource,
  key: string,
  options: PutOptions,
): Promise<ObjectInfo> {
  const { client, bucket } = context
  const { condition, signal } = options
  const subject = { bucket, key }
  const stat = (): Promise<ObjectInfo> => statObject(context, key, { signal })
  if (!client.isAmazon) await assertCondition(subject, condition, stat)
  const from = await statObject({ ...context, bucket: source.bucket }, source.key, { signal })
  if (from.etag !== source.etag) throw sourceChanged(source)
  const copying = { context, source, key, options: { ...options, ...described(from, options) } }
  const history = { isOutcomeUnknown: false }
  try {
    if (source.size > MOST_AT_ONCE) await copyInParts(copying)
    else await copyAtOnce({ ...copying, history }, options)
  } catch (error) {
    const isOurs = (info: ObjectInfo): boolean =>
      info.size === from.size && checksumsAgree(info.checksums, from.checksums) === true
    await reconcile(asCondition(error, subject, condition), history, { stat, isOurs })
  }
  const info = await stat()
  if (info.size !== from.size || checksumsAgree(info.checksums, from.checksums) === false) {
    const message = `\`${subjectName(subject)}\` is not what was copied: its size or checksum differs`
    throw new FerryError('TRANSFER_CORRUPT', message, { details: { key } })
  }
  return info
}

interface Copying {
  readonly context: BucketContext
  readonly source: CopySource
  readonly key: string
  readonly options: PutOptions
}

/** What is not said otherwise goes with the object. */
function described(from: ObjectInfo, options: PutOptions): Described {
  const { contentType, contentEncoding, metadata } = from
  return {
    contentType: options.contentType ?? contentType,
    contentEncoding: options.contentEncoding ?? contentEncoding,
    metadata: options.metadata ?? metadata,
    storageClass: options.storageClass,
  }
}

function sourceHeaders({ bucket, key, etag }: CopySource): Record<string, string> {
  return {
    'x-amz-copy-source': `/${escapeSegment(bucket)}/${keyPath(key)}`,
    'x-amz-copy-source-if-match': quotedEtag(etag),
  }
}

function sourceChanged({ bucket, key }: CopySource, cause?: unknown): FerryError {
  const message = `\`${subjectName({ bucket, key })}\` is no longer the one that was seen`
  return new FerryError('PRECONDITION_FAILED', message, { cause, details: { key } })
}

async function copyAtOnce(
  { context, source, key, options, history }: Copying & { readonly history: RequestHistory },
  { contentType, contentEncoding, metadata }: Described,
): Promise<void> {
  const isDescribedAnew = [contentType, contentEncoding, metadata].some(one => one !== undefined)
  const { client, bucket, verification } = context
  const { signal } = options
  const shown = isDescribedAnew ? options : { storageClass: options.storageClass }
  const headers = {
    ...sourceHeaders(source),
    ...conditionHeaders(options.condition),
    'x-amz-metadata-directive': isDescribedAnew ? 'REPLACE' : 'COPY',
    ...describingHeaders(shown, client.spelling),
    ...(verification.knowsCrc ? { 'x-amz-checksum-algorithm': 'CRC32C' } : {}),
  }
  const request = { bucket, key, method: 'PUT', headers, signal, history } as const
  await client.sendForXml(request, root => {
    if (root.name !== 'CopyObjectResult') throw brokenAnswer({ bucket, key }, 'it tells of no copy')
  })
}

/** In parts, each of which the service reads for itself. What was begun and fails is given up. */
async function copyInParts({ context, source, key, options }: Copying): Promise<void> {
  const { signal } = options
  const upload = await startUpload(context, key, options)
  try {
    const partBytes = partBytesFor(source.size, CAPABILITIES, COPY_PART_BYTES)
    const count = Math.ceil(source.size / partBytes)
    const parts: PartReceipt[] = []
    await forEachParallel(Array.from({ length: count }).keys(), PARALLEL, async at => {
      const first = at * partBytes
      const size = Math.min(partBytes, source.size - first)
      const part = { number: at + 1, first, size }
      parts[at] = await copyPart({ context, source, upload, part, signal })
    })
    await completeUpload(context, upload, { ...options, whole: wholeOf(parts, source.size) })
  } catch (error) {
    await abortUpload(context, upload, { signal: AbortSignal.timeout(CLEANUP_MS) }).catch(() => {
      // The first error is thrown; parts left behind are no object, and the service's rules end them.
    })
    throw error
  }
}

const CLEANUP_MS = 10_000

interface PartCopying {
  readonly context: BucketContext
  readonly source: CopySource
  readonly upload: UploadRef
  readonly part: { readonly number: number; readonly first: number; readonly size: number }
  readonly signal: AbortSignal
}

async function copyPart({
  context,
  source,
  upload,
  part,
  signal,
}: PartCopying): Promise<PartReceipt> {
  const { client, bucket } = context
  const { number, first, size } = part
  const { key } = upload
  const headers = {
    ...sourceHeaders(source),
    'x-amz-copy-source-range': `bytes=${first}-${first + size - 1}`,
  }
  const query = { partNumber: String(number), uploadId: parseId(upload).uploadId }
  return client.sendForXml({ bucket, key, method: 'PUT', query, headers, signal }, root => {
    const etag = childText(root, 'ETag')
    if (!etag) throw brokenAnswer({ bucket, key }, 'it has no ETag of the part')
    const crc = childText(root, 'ChecksumCRC32C')
    const known = crc === undefined ? {} : { crc32c: Number.parseInt(base64ToHex(crc), 16) }
    return { number, size, etag: bareEtag(etag), ...known }
  })
}

/** The CRC of the whole, where the service told that of each part. */
function wholeOf(parts: readonly PartReceipt[], size: number): Completion {
  const isKnown = parts.every(part => part.crc32c !== undefined)
  if (!isKnown) return { parts, size, crc32c: undefined }
  const crc32c = parts.reduce((sum, part) => combineCrc32c(sum, part.crc32c ?? 0, part.size), 0)
  return { parts, size, crc32c }
}

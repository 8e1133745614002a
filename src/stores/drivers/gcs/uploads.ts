import { hash, randomBytes } from 'node:crypto'
import { FerryError } from '../../../core/errors.ts'
import { crc32cHex, hexToBase64 } from '../../../formats/checksum.ts'
import { childText, escapeXml, type XmlElement } from '../../../clouds/http/xml.ts'
import type {
  CallOptions,
  ObjectInfo,
  Part,
  PartReceipt,
  PutOptions,
  UploadRef,
  Uploads,
  WholeUpload,
} from '../../store.ts'
import { objectPath, xmlPath } from './addressing.ts'
import { assertCondition } from './conditions.ts'
import { copyObject } from './copy.ts'
import { arrivedOtherwise, brokenAnswer } from './errors.ts'
import { listPartPages } from '../../http/part-pages.ts'
import { assertStorageClass, checksumsIn, describingHeaders, fitsHeaders } from './info.ts'
import { type BucketContext, statObject } from './objects.ts'
import { textHeader } from '../../../clouds/http/headers.ts'
import { noteGoneUpload, reconcile } from '../../http/outcome-history.ts'

/**
 * Uploads in parts, by the XML API: the JSON API has none whose parts come in any order and are no
 * objects of their own meanwhile. (docs/decisions.md has what else was looked at.) It knows neither
 * conditions nor all characters in metadata. An upload that needs one of these goes under a name of
 * its own first, and is then rewritten to its place within the service, which knows both.
 */
export function gcsUploads(context: BucketContext): Uploads {
  return {
    start: (key, options) => startUpload(context, key, options),
    putPart: (upload, part, options) => putPart(context, upload, { ...part, ...options }),
    parts: (upload, options) => listParts(context, upload, options),
    complete: (upload, whole, options) => completeUpload(context, upload, { ...options, whole }),
    abort: (upload, options) => abortUpload(context, upload, options),
  }
}

interface Place {
  readonly uploadId: string
  /** Where the parts become an object. */
  readonly name: string
  readonly isStaged: boolean
}

function parseId({ key, id }: UploadRef): Place {
  const [, staged, uploadId] = /^([^ ]*) (.+)$/s.exec(id) ?? []
  if (staged === undefined || uploadId === undefined) {
    throw new FerryError(
      'OBJECT_NOT_FOUND',
      `the upload \`${id}\` of \`${key}\` is none of Google’s`,
    )
  }
  return { uploadId, name: staged === '' ? key : staged, isStaged: staged !== '' }
}

async function startUpload(
  { client, bucket }: BucketContext,
  key: string,
  options: PutOptions,
): Promise<UploadRef> {
  assertStorageClass(options)
  const { condition, signal } = options
  const isStaged = condition !== undefined || !fitsHeaders(options)
  // A key of such a name is none for the `file` store: nobody takes it for an object by mistake.
  const staged = isStaged ? `.ferry-upload-${randomBytes(16).toString('hex')}` : ''
  const headers = isStaged ? describingHeaders({}) : describingHeaders(options)
  const path = xmlPath(bucket, staged || key)
  const query = { uploads: '' }
  const request = { bucket, key, method: 'POST', path, query, headers, signal } as const
  return client.sendForXml(request, root => {
    const uploadId = childText(root, 'UploadId')
    if (!uploadId) throw brokenAnswer({ bucket, key }, 'it has no id of the upload')
    return { key, id: `${staged} ${uploadId}` }
  })
}

async function putPart(
  { client, bucket }: BucketContext,
  upload: UploadRef,
  { number, bytes, crc32c, signal }: Part & CallOptions,
): Promise<PartReceipt> {
  const { key } = upload
  const { uploadId, name } = parseId(upload)
  const subject = { bucket, key }
  const path = xmlPath(bucket, name)
  const query = { partNumber: String(number), uploadId }
  const headers = { 'x-goog-hash': `crc32c=${hexToBase64(crc32cHex(crc32c))}` }
  const request = { ...subject, method: 'PUT', path, query, headers, body: bytes, signal } as const
  return client.send(request, answer => {
    const told = checksumsIn(answer.headers).crc32c
    if (told !== undefined && told !== crc32cHex(crc32c)) throw arrivedOtherwise(subject)
    const etag = textHeader(answer.headers, 'etag')
    if (!etag) throw brokenAnswer(subject, 'it has no ETag of the part')
    return { number, size: bytes.length, etag, crc32c }
  })
}

function listParts(
  { client, bucket }: BucketContext,
  upload: UploadRef,
  { signal }: CallOptions,
): AsyncGenerator<PartReceipt> {
  const { key } = upload
  const { uploadId, name } = parseId(upload)
  const request = { bucket, key, method: 'GET', path: xmlPath(bucket, name), signal } as const
  return listPartPages(
    (marker, read) => {
      const query = { uploadId, 'part-number-marker': marker }
      return client.sendForXml({ ...request, query }, read)
    },
    { readPart, broken: what => brokenAnswer({ bucket, key }, what) },
  )
}

function readPart(part: XmlElement): PartReceipt {
  return {
    number: Number(childText(part, 'PartNumber') ?? NaN),
    size: Number(childText(part, 'Size') ?? NaN),
    etag: childText(part, 'ETag') ?? '',
  }
}

/** The service may put the parts of a large object together for minutes, and says nothing meanwhile. */
const PATIENCE_MS = 600_000

async function completeUpload(
  context: BucketContext,
  upload: UploadRef,
  { whole, ...options }: PutOptions & { readonly whole: WholeUpload },
): Promise<ObjectInfo> {
  const { bucket } = context
  const { key } = upload
  const { name, isStaged } = parseId(upload)
  if (!isStaged) {
    await assertCondition({ bucket, key }, options.condition, () =>
      statObject(context, key, options),
    )
  }
  const made = await assemble(context, upload, { whole, signal: options.signal })
  if (!isStaged) return made
  const source = { bucket, key: name, etag: made.etag, size: made.size }
  const described = { contentType: 'application/octet-stream', metadata: {}, ...given(options) }
  try {
    return await copyObject(context, source, key, { ...options, ...described })
  } finally {
    // Also when its place is taken: the error is thrown, and a leftover is no object of a user.
    await removeGeneration(context, name).catch(() => {})
  }
}

function given(options: PutOptions): Partial<PutOptions> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}

/** Makes one object of the parts, and compares it with them. */
async function assemble(
  context: BucketContext,
  upload: UploadRef,
  { whole, signal }: { readonly whole: WholeUpload; readonly signal: AbortSignal },
): Promise<ObjectInfo> {
  const { client, bucket } = context
  const { key } = upload
  const { uploadId, name } = parseId(upload)
  const history = { isOutcomeUnknown: false }
  const stat = (): Promise<ObjectInfo> => statObject(context, name, { signal })
  const isOurs = ({ size, checksums }: ObjectInfo): boolean =>
    size === whole.size && checksums.crc32c === crc32cHex(whole.crc32c)
  const body = Buffer.from(printParts(whole))
  const request = {
    bucket,
    key,
    method: 'POST',
    path: xmlPath(bucket, name),
    query: { uploadId },
    headers: { 'content-type': 'application/xml', 'content-md5': hash('md5', body, 'base64') },
    body,
    signal,
    history,
    patienceMs: PATIENCE_MS,
  } as const
  try {
    const made = await client.sendForXml(request, (root, { headers }) => {
      if (root.name !== 'CompleteMultipartUploadResult') {
        throw brokenAnswer({ bucket, key }, 'it tells of no object')
      }
      return textHeader(headers, 'x-goog-generation')
    })
    const info = await stat()
    if (isOurs(info)) return info
    // Another's object may have taken the place of ours: only what is known as ours is taken away.
    if (made === info.etag) await removeGeneration(context, name, info.etag)
    throw arrivedOtherwise({ bucket, key })
  } catch (error) {
    noteGoneUpload(history, error)
    return reconcile(error, history, { stat, isOurs })
  }
}

function printParts({ parts }: WholeUpload): string {
  const elements = parts.map(
    ({ number, etag }) =>
      `<Part><PartNumber>${number}</PartNumber><ETag>${escapeXml(etag)}</ETag></Part>`,
  )
  return `<CompleteMultipartUpload>${elements.join('')}</CompleteMultipartUpload>`
}

const CLEANUP_MS = 10_000

/** Also after the caller has given up. An object that is gone, or another by now, is no error. */
async function removeGeneration(
  { client, bucket }: BucketContext,
  name: string,
  generation?: string,
): Promise<void> {
  const signal = AbortSignal.timeout(CLEANUP_MS)
  const path = objectPath(bucket, name)
  const query = { ifGenerationMatch: generation }
  try {
    await client.send({ bucket, key: name, method: 'DELETE', path, query, signal }, () => {})
  } catch (error) {
    const code = error instanceof FerryError ? error.code : undefined
    if (code !== 'OBJECT_NOT_FOUND' && code !== 'PRECONDITION_FAILED') throw error
  }
}

async function abortUpload(
  context: BucketContext,
  upload: UploadRef,
  { signal }: CallOptions,
): Promise<void> {
  const { client, bucket } = context
  const { key } = upload
  const { uploadId, name, isStaged } = parseId(upload)
  const path = xmlPath(bucket, name)
  try {
    await client.send(
      { bucket, key, method: 'DELETE', path, query: { uploadId }, signal },
      () => {},
    )
  } catch (error) {
    if (!(error instanceof FerryError) || error.code !== 'OBJECT_NOT_FOUND') throw error
    // It may have become the object that was to be rewritten.
    if (isStaged) await removeGeneration(context, name)
  }
}

import { FerryError } from '../../../core/errors.ts'
import { forEachParallel } from '../../../core/for-each-parallel.ts'
import { checksumsAgree } from '../../../formats/checksum.ts'
import { partBytesFor } from '../../part-size.ts'
import type { CopySource, ObjectInfo, PartReceipt, PutOptions, UploadRef } from '../../store.ts'
import { CAPABILITIES } from './capabilities.ts'
import { asCondition, conditionHeaders } from './conditions.ts'
import { arrivedOtherwise, brokenAnswer, subjectName } from './errors.ts'
import { quotedEtag } from './info.ts'
import { crcHeaders } from './kept-crc.ts'
import { metadataHeaders, tierHeaders } from './metadata.ts'
import { assertKey } from './names.ts'
import { type ContainerContext, statBlob } from './objects.ts'
import { sourceAccess } from './source-access.ts'
import { blockId, commitBlocks, startUpload } from './uploads.ts'
import { textHeader } from '../../../clouds/http/headers.ts'
import { reconcile } from '../../http/outcome-history.ts'

/** Above this the service copies in blocks only, or in the background, with half an object to be seen. */
const MOST_AT_ONCE = 268_435_456

/** How long the service may take for a part of that size. */
const PATIENCE_MS = 300_000
const PARALLEL = 8

/** Copies within the account: the bytes do not come here. */
export async function copyBlob(
  context: ContainerContext,
  source: CopySource,
  key: string,
  options: PutOptions,
): Promise<ObjectInfo> {
  assertKey(key)
  const { signal } = options
  const from = await statBlob({ ...context, container: source.bucket }, source.key, { signal })
  if (from.etag !== source.etag) throw sourceChanged(source)
  const copying = { context, from, source, key, options }
  if (source.bucket === context.container && source.key === key && isOnlyMoved(options)) {
    return setTier(copying)
  }
  const isDescribedAnew = options.contentType !== undefined || options.contentEncoding !== undefined
  const info = await (from.size > MOST_AT_ONCE || isDescribedAnew
    ? copyInBlocks(copying)
    : copyAtOnce(copying))
  if (info.size !== from.size || checksumsAgree(info.checksums, from.checksums) === false) {
    throw arrivedOtherwise({ container: context.container, key })
  }
  return info
}

interface Copying {
  readonly context: ContainerContext
  readonly source: CopySource
  /** The source as it is now. */
  readonly from: ObjectInfo
  readonly key: string
  readonly options: PutOptions
}

function sourceChanged({ bucket, key }: CopySource, cause?: unknown): FerryError {
  const message = `\`${subjectName({ container: bucket, key })}\` is no longer the one that was seen`
  return new FerryError('PRECONDITION_FAILED', message, { cause, details: { key } })
}

function isOnlyMoved({
  contentType,
  contentEncoding,
  metadata,
  storageClass,
}: PutOptions): boolean {
  const isDescribed = [contentType, contentEncoding, metadata].some(one => one !== undefined)
  return storageClass !== undefined && !isDescribed
}

/** An object copied to itself with another tier moves there. */
async function setTier({ context, key, options }: Copying): Promise<ObjectInfo> {
  const { client, container } = context
  const { signal } = options
  const query = { comp: 'tier' }
  const headers = tierHeaders(options)
  await client.send({ container, key, method: 'PUT', query, headers, signal }, () => {})
  return statBlob(context, key, { signal })
}

async function copyAtOnce({ context, source, from, key, options }: Copying): Promise<ObjectInfo> {
  const { client, container } = context
  const { condition, metadata, signal } = options
  const subject = { container, key }
  // Metadata of the source goes with it as long as there is no other.
  const describedAnew =
    metadata === undefined ? {} : { ...metadataHeaders(options), ...crcHeaders(sumsOf(from)) }
  const headers = {
    ...(await sourceHeaders({ context, source, signal })),
    ...conditionHeaders(condition),
    ...describedAnew,
    ...tierHeaders(options),
    'x-ms-requires-sync': 'true',
  }
  const history = { isOutcomeUnknown: false }
  const request = { ...subject, method: 'PUT', headers, patienceMs: PATIENCE_MS, signal } as const
  const stat = (): Promise<ObjectInfo> => statBlob(context, key, { signal })
  try {
    await client.send({ ...request, history }, answer => {
      const status = textHeader(answer.headers, 'x-ms-copy-status')
      if (status !== 'success') throw brokenAnswer(subject, `the copy is \`${status}\``)
    })
    return await stat()
  } catch (error) {
    const known = asCondition(asSourceChanged(error, source), subject, condition)
    const isOurs = (info: ObjectInfo): boolean =>
      info.size === from.size && checksumsAgree(info.checksums, from.checksums) === true
    return reconcile(known, history, { stat, isOurs })
  }
}

interface SourceUse {
  readonly context: ContainerContext
  readonly source: CopySource
  readonly signal: AbortSignal
}

async function sourceHeaders({
  context,
  source,
  signal,
}: SourceUse): Promise<Record<string, string>> {
  const { query, headers } = await sourceAccess(context, source, signal)
  const url = context.client.urlOf({ container: source.bucket, key: source.key })
  return {
    ...headers,
    'x-ms-copy-source': query === '' ? url : `${url}?${query}`,
    'x-ms-source-if-match': quotedEtag(source.etag),
  }
}

function asSourceChanged(error: unknown, source: CopySource): unknown {
  const isSource =
    error instanceof FerryError &&
    error.code === 'PRECONDITION_FAILED' &&
    SOURCE_CODES.has(String(error.details['serviceCode']))
  return isSource ? sourceChanged(source, error) : error
}

const SOURCE_CODES = new Set(['SourceConditionNotMet', 'CannotVerifyCopySource'])

/** In blocks, each of which the service reads for itself; seen when all are there. */
async function copyInBlocks(copying: Copying): Promise<ObjectInfo> {
  const { context, from, key, options } = copying
  const described = {
    ...options,
    contentType: options.contentType ?? from.contentType,
    contentEncoding: options.contentEncoding ?? from.contentEncoding,
    metadata: options.metadata ?? from.metadata,
  }
  const upload = await startUpload(key, described)
  const partBytes = partBytesFor(from.size, CAPABILITIES, MOST_AT_ONCE)
  const count = Math.ceil(from.size / partBytes)
  const parts: PartReceipt[] = []
  await forEachParallel(Array.from({ length: count }).keys(), PARALLEL, async at => {
    const first = at * partBytes
    const range = { first, size: Math.min(partBytes, from.size - first) }
    parts[at] = await copyBlock(copying, upload, { number: at + 1, ...range })
  })
  const whole = { parts, size: from.size, ...sumsOf(from) }
  return commitBlocks(context, upload, { ...described, whole })
}

/** As what is written with the copy has them. */
function sumsOf({ checksums: { md5, crc32c } }: ObjectInfo): {
  readonly md5: string | undefined
  readonly crc32c: number | undefined
} {
  return { md5, crc32c: crc32c === undefined ? undefined : Number.parseInt(crc32c, 16) }
}

async function copyBlock(
  { context, source, options }: Copying,
  upload: UploadRef,
  {
    number,
    first,
    size,
  }: { readonly number: number; readonly first: number; readonly size: number },
): Promise<PartReceipt> {
  const { client, container } = context
  const { signal } = options
  const blockid = blockId(upload, number)
  const query = { comp: 'block', blockid }
  const headers = {
    ...(await sourceHeaders({ context, source, signal })),
    'x-ms-source-range': `bytes=${first}-${first + size - 1}`,
  }
  const subject = { container, key: upload.key }
  const request = { ...subject, method: 'PUT', query, headers, patienceMs: PATIENCE_MS } as const
  try {
    await client.send({ ...request, signal }, () => {})
  } catch (error) {
    throw asSourceChanged(error, source)
  }
  return { number, size, etag: blockid }
}

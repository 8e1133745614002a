import { crc32c } from '@node-rs/crc32'
import { FerryError } from '../../../core/errors.ts'
import { crc32cHex, hexToBase64 } from '../../../formats/checksum.ts'
import { rangeText, streamOf } from '../../http/answer-body.ts'
import type { WireAnswer } from '../../../clouds/http/transport.ts'
import type { CallOptions, ObjectInfo, ObjectStream, PutOptions, ReadOptions } from '../../store.ts'
import { insertPath, objectPath, xmlPath } from './addressing.ts'
import type { GcsClient } from './client.ts'
import { asCondition, conditionQuery } from './conditions.ts'
import { arrivedOtherwise, bodyFailures, brokenAnswer, subjectName } from './errors.ts'
import {
  assertStorageClass,
  type Described,
  infoOf,
  infoOfHead,
  isPlain,
  type ObjectSubject,
  resourceOf,
} from './info.ts'
import { reconcile } from '../../http/outcome-history.ts'

/** What the operations on a bucket share. */
export interface BucketContext {
  readonly client: GcsClient
  readonly bucket: string
  /** Between what is said of an object and its bytes; nobody else knows it. */
  readonly boundary: string
}

export function statObject(
  { client, bucket }: BucketContext,
  key: string,
  { signal }: CallOptions,
): Promise<ObjectInfo> {
  const subject = { bucket, key }
  const path = objectPath(bucket, key)
  return client.sendForJson({ ...subject, method: 'GET', path, signal }, content =>
    infoOf(subject, content),
  )
}

/** By the XML API, as its answers alone have the metadata. */
export async function readObject(
  context: BucketContext,
  key: string,
  options: ReadOptions,
): Promise<ObjectStream> {
  const { range, ifMatch, signal } = options
  const { client, bucket } = context
  const subject = { bucket, key }
  const headers = {
    // Who does not take gzip is sent what was compressed, not what is stored.
    'accept-encoding': 'gzip',
    ...(range === undefined ? {} : { range: rangeText(range) }),
    ...(ifMatch === undefined ? {} : { 'x-goog-if-generation-match': ifMatch }),
  }
  const path = xmlPath(bucket, key)
  const answer = await client.open({ ...subject, method: 'GET', path, headers, signal })
  return streamOf(answer, options, {
    info: () => describe(context, key, { answer, signal }),
    ...bodyFailures(subject),
  })
}

/** How a header spells other characters than ASCII's is not told: the JSON API says what was stored. */
async function describe(
  context: BucketContext,
  key: string,
  { answer, signal }: { readonly answer: WireAnswer; readonly signal: AbortSignal },
): Promise<ObjectInfo> {
  const subject = { bucket: context.bucket, key }
  const info = infoOfHead(subject, answer.headers)
  const isClear = Object.values(info.metadata ?? {}).every(isPlain)
  if (isClear) return info
  const { etag, metadata } = await statObject(context, key, { signal })
  if (etag !== info.etag) throw brokenAnswer(subject, 'the object was replaced meanwhile')
  return { ...info, metadata }
}

/** One request, with the CRC-32C that the service compares before anybody can see the object. */
export async function putObject(
  context: BucketContext,
  key: string,
  bytes: Uint8Array,
  options: PutOptions,
): Promise<ObjectInfo> {
  assertStorageClass(options)
  const { client, bucket, boundary } = context
  const { condition, signal } = options
  const subject = { bucket, key }
  const crc = crc32cHex(crc32c(bytes))
  const resource = { ...resourceOf(options), name: key, crc32c: hexToBase64(crc) }
  const history = { isOutcomeUnknown: false }
  const request = {
    ...subject,
    method: 'POST',
    path: insertPath(bucket),
    query: { uploadType: 'multipart', name: key, ...conditionQuery(condition, subject) },
    headers: { 'content-type': `multipart/related; boundary=${boundary}` },
    body: multipart(boundary, resource, bytes),
    signal,
    history,
  } as const
  const isOurs = (info: ObjectInfo): boolean =>
    info.size === bytes.length && info.checksums.crc32c === crc
  try {
    return await client.sendForJson(request, content => {
      const info = infoOf(subject, content)
      if (!isOurs(info) || !isDescribed(info, options)) throw arrivedOtherwise(subject)
      return info
    })
  } catch (error) {
    const known = asCondition(asMissingBucket(error, subject), subject, condition)
    const stat = (): Promise<ObjectInfo> => statObject(context, key, { signal })
    return reconcile(known, history, { stat, isOurs })
  }
}

/** Nothing but the bucket can be missing where an object is made. */
function asMissingBucket(error: unknown, { bucket }: ObjectSubject): unknown {
  if (!(error instanceof FerryError) || error.code !== 'OBJECT_NOT_FOUND') return error
  const message = `\`${subjectName({ bucket })}\` does not exist`
  const hint = 'check its name, or make it with ferry mb'
  return new FerryError('BUCKET_NOT_FOUND', message, { cause: error, hint, details: error.details })
}

/** The checksum is of the bytes alone: what goes with them is compared as well. */
export function isDescribed(info: ObjectInfo, options: Described): boolean {
  const { contentType, contentEncoding, metadata = {} } = options
  return (
    (contentType === undefined || info.contentType === contentType) &&
    info.contentEncoding === contentEncoding &&
    Object.entries(metadata).every(([name, value]) => info.metadata?.[name.toLowerCase()] === value)
  )
}

function multipart(boundary: string, resource: object, bytes: Uint8Array): Buffer {
  const head =
    `--${boundary}\r\ncontent-type: application/json; charset=UTF-8\r\n\r\n` +
    `${JSON.stringify(resource)}\r\n--${boundary}\r\ncontent-type: application/octet-stream\r\n\r\n`
  return Buffer.concat([Buffer.from(head), bytes, Buffer.from(`\r\n--${boundary}--\r\n`)])
}

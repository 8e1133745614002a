import { crc32c } from '@node-rs/crc32'
import { FerryError } from '../../../core/errors.ts'
import { checksumsAgree, crc32cHex } from '../../../formats/checksum.ts'
import type { CallOptions, ObjectInfo, ObjectStream, PutOptions, ReadOptions } from '../../store.ts'
import type { S3Client } from './client.ts'
import { assertCondition, conditionHeaders, preconditionFailed } from './conditions.ts'
import { bodyFailures } from './errors.ts'
import { etagOf, infoOf, type ObjectSubject, quotedEtag } from './info.ts'
import { describingHeaders } from './metadata.ts'
import { rangeText, streamOf } from '../../http/answer-body.ts'
import { Content, type Verification } from './verification.ts'
import { textHeader } from '../../../clouds/http/headers.ts'
import { reconcile } from '../../http/outcome-history.ts'

/** What the operations on a bucket share. */
export interface BucketContext {
  readonly client: S3Client
  readonly bucket: string
  readonly verification: Verification
}

const WITH_CHECKSUMS = { 'x-amz-checksum-mode': 'ENABLED' }

export function statObject(
  { client, bucket }: BucketContext,
  key: string,
  { signal }: CallOptions,
): Promise<ObjectInfo> {
  const subject = { bucket, key }
  return client.send({ ...subject, method: 'HEAD', headers: WITH_CHECKSUMS, signal }, answer =>
    infoOf(subject, answer.headers, client.spelling),
  )
}

export async function readObject(
  { client, bucket }: BucketContext,
  key: string,
  options: ReadOptions,
): Promise<ObjectStream> {
  const { range, ifMatch, signal } = options
  const subject = { bucket, key }
  const headers = {
    ...(range === undefined ? WITH_CHECKSUMS : { range: rangeText(range) }),
    ...(ifMatch === undefined ? {} : { 'if-match': quotedEtag(ifMatch) }),
  }
  const answer = await client.open({ ...subject, method: 'GET', headers, signal })
  return streamOf(answer, options, {
    info: () => infoOf(subject, answer.headers, client.spelling),
    ...bodyFailures(subject),
  })
}

export async function putObject(
  context: BucketContext,
  key: string,
  bytes: Uint8Array,
  options: PutOptions,
): Promise<ObjectInfo> {
  const { client, bucket, verification } = context
  const { condition, signal } = options
  const subject = { bucket, key }
  const stat = (): Promise<ObjectInfo> => statObject(context, key, { signal })
  if (!client.isAmazon) await assertCondition(subject, condition, stat)
  const content = new Content(bytes, crc32c(bytes))
  const history = { isOutcomeUnknown: false }
  const send = (): Promise<ObjectInfo | undefined> => {
    const headers = {
      ...describingHeaders(options, client.spelling),
      ...conditionHeaders(condition),
      ...verification.headersFor(content),
    }
    return client.send(
      { ...subject, method: 'PUT', headers, body: bytes, signal, history },
      answer => {
        const checksums = verification.check(answer, content, subject)
        const etag = etagOf(answer.headers)
        const modifiedAt = new Date(textHeader(answer.headers, 'date') ?? NaN)
        const isVouchedFor = checksums.crc32c !== undefined || checksums.md5 !== undefined
        if (!isVouchedFor || etag === undefined || Number.isNaN(modifiedAt.getTime()))
          return undefined
        return { key, size: bytes.length, modifiedAt, etag, checksums }
      },
    )
  }
  try {
    return (await verification.fallingBack(send)) ?? (await stat())
  } catch (error) {
    const known = asCondition(error, subject, condition)
    return reconcile(known, history, { stat, isOurs: info => isSame(info, content) })
  }
}

/** An object that was to be replaced and is gone is no longer the one that was seen. */
export function asCondition(
  error: unknown,
  subject: ObjectSubject,
  condition: PutOptions['condition'],
): unknown {
  if (!(error instanceof FerryError) || condition === undefined) return error
  const isGone =
    error.code === 'OBJECT_NOT_FOUND' && error.details['serviceCode'] !== 'NoSuchUpload'
  if (error.code !== 'PRECONDITION_FAILED' && !isGone) return error
  return preconditionFailed(subject, condition, error)
}

function isSame(info: ObjectInfo, content: Content): boolean {
  if (info.size !== content.bytes.length) return false
  const ours = { crc32c: crc32cHex(content.crc32c), md5: content.md5 }
  return checksumsAgree(info.checksums, ours) === true
}

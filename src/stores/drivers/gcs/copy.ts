import { FerryError } from '../../../core/errors.ts'
import { checksumsAgree } from '../../../formats/checksum.ts'
import type { CopySource, ObjectInfo, PutOptions } from '../../store.ts'
import { escapeSegment, type Query } from '../../http/escape-key.ts'
import { objectPath } from './addressing.ts'
import { conditionQuery, preconditionFailed } from './conditions.ts'
import { arrivedOtherwise, brokenAnswer, subjectName } from './errors.ts'
import {
  assertStorageClass,
  type Described,
  infoOf,
  type ObjectSubject,
  resourceOf,
} from './info.ts'
import { isRecord, type JsonRecord, textIn } from './json.ts'
import { type BucketContext, isDescribed, statObject } from './objects.ts'
import { reconcile } from '../../http/outcome-history.ts'

/** Between places and classes the service copies for a while before it answers. */
const PATIENCE_MS = 120_000

/** Copies within the service: the bytes do not come here. What arrived is compared with the source. */
export async function copyObject(
  context: BucketContext,
  source: CopySource,
  key: string,
  options: PutOptions,
): Promise<ObjectInfo> {
  assertStorageClass(options)
  const subject = { bucket: context.bucket, key }
  const { signal, condition } = options
  const from = { bucket: source.bucket, key: source.key }
  const resource = await readResource(context, from, options)
  const original = infoOf(from, resource)
  if (original.etag !== source.etag) throw preconditionFailed(from, undefined)
  const history = { isOutcomeUnknown: false }
  const described = describe(resource, options)
  const expected = infoOf(from, { ...resource, ...described })
  const isOurs = (info: ObjectInfo): boolean =>
    info.size === original.size &&
    checksumsAgree(info.checksums, original.checksums) === true &&
    isDescribed(info, expected)
  try {
    const info = await rewrite({ context, source, key, options, history }, described)
    if (!isOurs(info)) throw arrivedOtherwise(subject)
    return info
  } catch (error) {
    const stat = (): Promise<ObjectInfo> => statObject(context, key, { signal })
    const known = await asUnmet(error, { context, source, subject, condition, signal })
    return reconcile(known, history, { stat, isOurs })
  }
}

function readResource(
  { client }: BucketContext,
  subject: ObjectSubject,
  { signal }: PutOptions,
): Promise<JsonRecord> {
  const path = objectPath(subject.bucket, subject.key)
  return client.sendForJson({ ...subject, method: 'GET', path, signal }, content => content)
}

/**
 * What the copy is to be described by. A request that says anything says all: what it leaves out is
 * not taken from the source.
 */
function describe(resource: JsonRecord, options: Described): JsonRecord | undefined {
  const { contentType, contentEncoding, metadata, storageClass } = options
  const isOther = [contentType, contentEncoding, metadata, storageClass].some(
    one => one !== undefined,
  )
  if (!isOther) return undefined
  const kept = ['cacheControl', 'contentDisposition', 'contentLanguage', 'contentType']
  const told = [...kept, 'contentEncoding', 'metadata'].map(name => [name, resource[name]])
  const given = Object.entries(resourceOf(options)).filter(([, value]) => value !== undefined)
  return Object.fromEntries([...told, ...given])
}

interface Copying {
  readonly context: BucketContext
  readonly source: CopySource
  readonly key: string
  readonly options: PutOptions
  readonly history: { isOutcomeUnknown: boolean }
}

async function rewrite(
  { context, source, key, options, history }: Copying,
  resource: JsonRecord | undefined,
): Promise<ObjectInfo> {
  const { client, bucket } = context
  const subject = { bucket, key }
  const { condition, signal } = options
  const target = `b/${escapeSegment(bucket)}/o/${escapeSegment(key)}`
  const path = `${objectPath(source.bucket, source.key)}/rewriteTo/${target}`
  const body = resource === undefined ? undefined : Buffer.from(JSON.stringify(resource))
  const headers: Record<string, string> =
    body === undefined ? {} : { 'content-type': 'application/json' }
  let rewriteToken: string | undefined
  for (;;) {
    const query: Query = {
      ...conditionQuery(condition, subject),
      ifSourceGenerationMatch: source.etag,
      rewriteToken,
    }
    const answer = await client.sendForJson(
      {
        ...subject,
        method: 'POST',
        path,
        query,
        headers,
        body,
        signal,
        history,
        patienceMs: PATIENCE_MS,
      },
      content => {
        const { done, resource: made } = content
        if (done === true && isRecord(made)) return { info: infoOf(subject, made) }
        const token = textIn(content, 'rewriteToken')
        if (done === false && token !== undefined) return { token }
        throw brokenAnswer(subject, 'it does not say how the copy goes on')
      },
    )
    if (answer.info !== undefined) return answer.info
    rewriteToken = answer.token
  }
}

interface Unmet {
  readonly context: BucketContext
  readonly source: CopySource
  readonly subject: ObjectSubject
  readonly condition: PutOptions['condition']
  readonly signal: AbortSignal
}

/** The service does not say whose condition was not met, nor which object is absent. */
async function asUnmet(
  error: unknown,
  { context, source, subject, condition, signal }: Unmet,
): Promise<unknown> {
  const isUnmet = error instanceof FerryError && error.code === 'PRECONDITION_FAILED'
  const isAbsent = error instanceof FerryError && error.code === 'OBJECT_NOT_FOUND'
  if (!isUnmet && !isAbsent) return error
  const from = { bucket: source.bucket, key: source.key }
  try {
    const found = await statObject({ ...context, bucket: source.bucket }, source.key, { signal })
    if (found.etag !== source.etag) return preconditionFailed(from, undefined, error)
    if (isUnmet) return preconditionFailed(subject, condition, error)
    const message = `\`${subjectName({ bucket: subject.bucket })}\` does not exist`
    return new FerryError('BUCKET_NOT_FOUND', message, { cause: error })
  } catch (other) {
    return other
  }
}

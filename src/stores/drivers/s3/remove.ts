import { hash } from 'node:crypto'
import type { FerryError } from '../../../core/errors.ts'
import { failedRemoval } from '../../http/failed-removal.ts'
import type { CallOptions, RemoveOutcome } from '../../store.ts'
import { answerError, brokenAnswer } from './errors.ts'
import type { BucketContext } from './objects.ts'
import { childrenNamed, childText, escapeXml, type XmlElement } from '../../../clouds/http/xml.ts'

/** Removes up to 1,000 objects: in one request, but for keys that XML cannot hold. */
export async function removeObjects(
  context: BucketContext,
  keys: readonly string[],
  { signal }: CallOptions,
): Promise<readonly RemoveOutcome[]> {
  const [only, ...others] = keys
  if (only === undefined) return []
  if (others.length === 0) return [await removeOne(context, only, signal)]
  const batch = keys.filter(key => fitsXml(key))
  const outcomes = new Map<string, RemoveOutcome>()
  if (batch.length > 0) {
    for (const outcome of await removeBatch(context, batch, signal)) {
      outcomes.set(outcome.key, outcome)
    }
  }
  const result: RemoveOutcome[] = []
  for (const key of keys) {
    result.push(outcomes.get(key) ?? (await removeOne(context, key, signal)))
  }
  return result
}

/** XML 1.0 has no control characters, and a parser makes one line end of another. */
// oxlint-disable-next-line no-control-regex -- these are what is looked for
const NOT_OF_XML = /[\u0000-\u001f\u007f-\u009f\u2028\ufffe\uffff]/

function fitsXml(key: string): boolean {
  return key !== '' && key.isWellFormed() && !NOT_OF_XML.test(key)
}

async function removeOne(
  { client, bucket }: BucketContext,
  key: string,
  signal: AbortSignal,
): Promise<RemoveOutcome> {
  try {
    await client.send({ bucket, key, method: 'DELETE', signal }, () => {})
    return { key, removed: true }
  } catch (error) {
    return failedRemoval(key, error, concernsKey)
  }
}

function concernsKey({ code, details }: FerryError): boolean {
  if (code === 'KEY_INVALID') return true
  return code === 'DENIED' && details['serviceCode'] === 'AccessDenied'
}

async function removeBatch(
  { client, bucket }: BucketContext,
  keys: readonly string[],
  signal: AbortSignal,
): Promise<readonly RemoveOutcome[]> {
  const objects = keys.map(key => `<Object><Key>${escapeXml(key)}</Key></Object>`).join('')
  const body = Buffer.from(`<Delete xmlns="${NAMESPACE}">${objects}</Delete>`)
  const headers = { 'content-type': 'application/xml', 'content-md5': hash('md5', body, 'base64') }
  const request = { bucket, method: 'POST', query: { delete: '' }, headers, body, signal } as const
  return client.sendForXml(request, root => {
    const outcomes = new Map<string, RemoveOutcome>()
    for (const element of childrenNamed(root, 'Deleted')) {
      const key = childText(element, 'Key') ?? ''
      outcomes.set(key, { key, removed: true })
    }
    for (const element of childrenNamed(root, 'Error')) {
      const outcome = failed(element, bucket)
      outcomes.set(outcome.key, outcome)
    }
    return keys.map(key => {
      const outcome = outcomes.get(key)
      if (outcome === undefined)
        throw brokenAnswer({ bucket, key }, 'it does not say what became of it')
      return outcome
    })
  })
}

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/'

/** An object that the service failed at is tried again, with all others: they count as removed. */
function failed(element: XmlElement, bucket: string): RemoveOutcome {
  const key = childText(element, 'Key') ?? ''
  const code = childText(element, 'Code') ?? ''
  if (code === 'NoSuchKey') return { key, removed: true }
  const message = childText(element, 'Message') ?? ''
  const error = answerError({ status: 200, headers: {}, code, message }, { bucket, key })
  if (error.retryable) throw error
  return { key, removed: false, error }
}

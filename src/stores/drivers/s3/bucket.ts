import { FerryError } from '../../../core/errors.ts'
import type { Bucket, CallOptions } from '../../store.ts'
import { bucketNotEmpty, isThere, removeOnce } from '../../http/bucket-outcome.ts'
import { brokenAnswer, subjectName } from './errors.ts'
import type { BucketContext } from './objects.ts'
import { childrenNamed, childText } from '../../../clouds/http/xml.ts'

export function s3Bucket(context: BucketContext): Bucket {
  return {
    create: options => createBucket(context, options),
    remove: options => removeBucket(context, options),
    exists: options => bucketExists(context, options),
    names: options => bucketNames(context, options),
  }
}

/** Buckets of this region need no place named: the service refuses that one alone. */
const FIRST_REGION = 'us-east-1'

async function createBucket(
  context: BucketContext,
  { signal }: CallOptions,
): Promise<'created' | 'exists'> {
  const { client, bucket } = context
  if (await bucketExists(context, { signal })) return 'exists'
  const { region } = client.settings
  const place =
    region === FIRST_REGION
      ? undefined
      : Buffer.from(
          `<CreateBucketConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">` +
            `<LocationConstraint>${region}</LocationConstraint></CreateBucketConfiguration>`,
        )
  try {
    await client.send({ bucket, method: 'PUT', body: place, signal }, () => {})
    return 'created'
  } catch (error) {
    const code = error instanceof FerryError ? error.details['serviceCode'] : undefined
    if (code === 'BucketAlreadyOwnedByYou') return 'exists'
    throw error
  }
}

async function removeBucket(
  { client, bucket }: BucketContext,
  { signal }: CallOptions,
): Promise<void> {
  try {
    await removeOnce(history =>
      client.send({ bucket, method: 'DELETE', signal, history }, () => {}),
    )
  } catch (error) {
    const isFull = error instanceof FerryError && error.code === 'BUCKET_NOT_EMPTY'
    throw isFull ? bucketNotEmpty(subjectName({ bucket }), error) : error
  }
}

function bucketExists(
  { client, bucket }: BucketContext,
  { signal }: CallOptions,
): Promise<boolean> {
  return isThere(client.send({ bucket, method: 'HEAD', signal }, () => {}))
}

async function* bucketNames(
  { client }: BucketContext,
  { signal }: CallOptions,
): AsyncGenerator<string> {
  let token: string | undefined
  do {
    const query: Record<string, string> = token === undefined ? {} : { 'continuation-token': token }
    const before = token
    const page = await client.sendForXml({ bucket: '', method: 'GET', query, signal }, root => {
      const buckets = root.children.find(({ name }) => name === 'Buckets')
      if (buckets === undefined) throw brokenAnswer({ bucket: '' }, 'it lists no buckets')
      const next = childText(root, 'ContinuationToken')
      if (next !== undefined && next === before) throw brokenAnswer({ bucket: '' }, 'it repeats')
      const names = childrenNamed(buckets, 'Bucket').map(one => childText(one, 'Name') ?? '')
      names.sort() // Amazon’s are; those of others come as they were made
      return { names, next: next === '' ? undefined : next }
    })
    yield* page.names
    token = page.next
  } while (token !== undefined)
}

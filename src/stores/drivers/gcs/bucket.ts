import { FerryError } from '../../../core/errors.ts'
import type { Bucket, CallOptions } from '../../store.ts'
import { bucketPath } from './addressing.ts'
import { bucketNotEmpty, isThere, removeOnce } from '../../http/bucket-outcome.ts'
import { brokenAnswer } from './errors.ts'
import { recordsIn, textIn } from './json.ts'
import type { BucketContext } from './objects.ts'

export function gcsBucket(context: BucketContext): Bucket {
  return {
    create: options => createBucket(context, options),
    remove: options => removeBucket(context, options),
    exists: options => bucketExists(context, options),
    names: options => bucketNames(context, options),
  }
}

const ALL = '/storage/v1/b'

async function createBucket(
  context: BucketContext,
  { signal }: CallOptions,
): Promise<'created' | 'exists'> {
  const { client, bucket } = context
  const query = { project: projectOf(context) }
  const headers = { 'content-type': 'application/json' }
  const body = Buffer.from(JSON.stringify({ name: bucket }))
  try {
    await client.sendForJson(
      { bucket, method: 'POST', path: ALL, query, headers, body, signal },
      content => {
        if (textIn(content, 'name') !== bucket) throw brokenAnswer({ bucket }, 'it is of another')
      },
    )
    return 'created'
  } catch (error) {
    if (!isConflict(error)) throw error
    // Whose it is, the service says to who may list what is in it.
    if (await bucketExists(context, { signal })) return 'exists'
    throw error
  }
}

function projectOf({ client }: BucketContext): string {
  const { project, isEmulator } = client.settings
  if (project !== undefined) return project
  if (isEmulator) return 'emulator'
  throw new FerryError('CONFIG_INVALID', 'no project of Google Cloud is named', {
    hint: 'set GOOGLE_CLOUD_PROJECT to the one that owns the buckets',
  })
}

function isConflict(error: unknown): boolean {
  return error instanceof FerryError && error.details['status'] === 409
}

async function removeBucket(
  { client, bucket }: BucketContext,
  { signal }: CallOptions,
): Promise<void> {
  const path = bucketPath(bucket)
  try {
    await removeOnce(history =>
      client.send({ bucket, method: 'DELETE', path, signal, history }, () => {}),
    )
  } catch (error) {
    if (!isConflict(error)) throw error
    throw bucketNotEmpty(`gs://${bucket}`, error)
  }
}

/** By a listing of nothing: who may list objects need not be allowed to see the bucket itself. */
function bucketExists(
  { client, bucket }: BucketContext,
  { signal }: CallOptions,
): Promise<boolean> {
  const path = `${bucketPath(bucket)}/o`
  const query = { maxResults: '1', fields: 'kind' }
  return isThere(client.sendForJson({ bucket, method: 'GET', path, query, signal }, () => {}))
}

async function* bucketNames(
  context: BucketContext,
  { signal }: CallOptions,
): AsyncGenerator<string> {
  const { client } = context
  const project = projectOf(context)
  let pageToken: string | undefined
  do {
    const query = { project, pageToken, fields: 'kind,nextPageToken,items(name)' }
    const before = pageToken
    const request = { bucket: '', method: 'GET', path: ALL, query, signal } as const
    const page = await client.sendForJson(request, content => {
      const items = recordsIn(content, 'items')
      const next = textIn(content, 'nextPageToken')
      const isListing = content['kind'] === 'storage#buckets' && items !== undefined
      if (!isListing || (next !== undefined && next === before)) {
        throw brokenAnswer({ bucket: '' }, 'it lists no buckets')
      }
      return { names: items.map(item => textIn(item, 'name') ?? ''), next }
    })
    yield* page.names
    pageToken = page.next
  } while (pageToken !== undefined)
}

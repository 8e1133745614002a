import { entryKey } from '../../entry-key.ts'
import { assertInOrder, BrokenPage, mergeInOrder, type PagePlace } from '../../http/page-order.ts'
import type { ListEntry, ListQuery, ObjectInfo } from '../../store.ts'
import { bucketPath } from './addressing.ts'
import { brokenAnswer } from './errors.ts'
import { checksumsOf } from './info.ts'
import { countIn, type JsonRecord, recordsIn, textIn } from './json.ts'
import type { BucketContext } from './objects.ts'

interface Page {
  readonly entries: readonly ListEntry[]
  readonly next: string | undefined
}

/** What a listing needs: a whole resource is five times as long. */
const FIELDS =
  'kind,nextPageToken,prefixes,items(name,size,updated,generation,crc32c,md5Hash,storageClass)'

/**
 * Pages of a listing. Each is checked to be whole, and to go on where the one before ended: a page
 * out of order or without a way on is fetched again, and is an error in the end.
 */
export async function* listObjects(
  { client, bucket }: BucketContext,
  { prefix, delimiter, signal }: ListQuery,
): AsyncGenerator<readonly ListEntry[]> {
  const path = `${bucketPath(bucket)}/o`
  let pageToken: string | undefined
  let last: string | undefined
  do {
    const place = { prefix, after: last, token: pageToken }
    const query = { prefix: prefix || undefined, delimiter, pageToken, fields: FIELDS }
    const page: Page = await client.sendForJson(
      { bucket, method: 'GET', path, query, signal },
      content => {
        try {
          return readPage(content, place)
        } catch (error) {
          if (!(error instanceof BrokenPage)) throw error
          throw brokenAnswer({ bucket, key: prefix }, error.message)
        }
      },
    )
    if (page.entries.length > 0) yield page.entries
    const end = page.entries.at(-1)
    last = end === undefined ? last : entryKey(end)
    pageToken = page.next
  } while (pageToken !== undefined)
}

interface Place extends PagePlace {
  readonly token: string | undefined
}

function readPage(content: JsonRecord, place: Place): Page {
  if (content['kind'] !== 'storage#objects') throw new BrokenPage('it is no listing')
  const items = recordsIn(content, 'items')
  const names: unknown = content['prefixes'] ?? []
  if (items === undefined || !isTexts(names)) throw new BrokenPage('it lists what is no object')
  const objects = items.map((item): ListEntry => ({ kind: 'object', object: readItem(item) }))
  // A prefix that a page ended in may open the next one.
  const prefixes = names
    .filter(prefix => prefix !== place.after)
    .map((prefix): ListEntry => ({ kind: 'prefix', prefix }))
  const entries = mergeInOrder(objects, prefixes)
  assertInOrder(entries.map(entryKey), place)
  const next = textIn(content, 'nextPageToken')
  if (next !== undefined && next === place.token) {
    throw new BrokenPage('more follows, and it does not say how')
  }
  return { entries, next }
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(one => typeof one === 'string')
}

function readItem(item: JsonRecord): ObjectInfo {
  const key = textIn(item, 'name')
  const size = countIn(item, 'size')
  const modifiedAt = new Date(textIn(item, 'updated') ?? NaN)
  const etag = textIn(item, 'generation')
  const isDated = !Number.isNaN(modifiedAt.getTime())
  if (key === undefined || size === undefined || etag === undefined || !isDated) {
    throw new BrokenPage('an object lacks its name, size, time or generation')
  }
  const storageClass = textIn(item, 'storageClass')
  return { key, size, modifiedAt, etag, checksums: checksumsOf(item), storageClass }
}

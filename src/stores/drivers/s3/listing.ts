import { FerryError } from '../../../core/errors.ts'
import { showKey } from '../../../formats/object-key.ts'
import { entryKey } from '../../entry-key.ts'
import { assertInOrder, BrokenPage, mergeInOrder, type PagePlace } from '../../http/page-order.ts'
import type { ListEntry, ListQuery } from '../../store.ts'
import { brokenAnswer } from './errors.ts'
import { bareEtag } from './info.ts'
import type { BucketContext } from './objects.ts'
import { childText, type XmlElement } from '../../http/xml.ts'

interface Page {
  readonly entries: readonly ListEntry[]
  readonly next: string | undefined
}

/**
 * Pages of a listing. Each is checked to be whole, and to go on where the one before ended: a page
 * out of order or without a way on is fetched again, and is an error in the end.
 */
export async function* listObjects(
  { client, bucket }: BucketContext,
  { prefix, delimiter, signal }: ListQuery,
): AsyncGenerator<readonly ListEntry[]> {
  let next: string | undefined
  let last: string | undefined
  do {
    const query = {
      'list-type': '2',
      'encoding-type': 'url',
      ...(prefix === '' ? {} : { prefix }),
      ...(delimiter === undefined ? {} : { delimiter }),
      ...(next === undefined ? {} : { 'continuation-token': next }),
    }
    const after = last
    const page: Page = await client.sendForXml({ bucket, method: 'GET', query, signal }, root => {
      try {
        return readPage(root, { prefix, after, token: next })
      } catch (error) {
        if (!(error instanceof BrokenPage)) throw error
        throw brokenAnswer({ bucket, key: prefix }, error.message)
      }
    })
    if (page.entries.length > 0) yield page.entries
    const end = page.entries.at(-1)
    last = end === undefined ? last : entryKey(end)
    next = page.next
  } while (next !== undefined)
}

interface Place extends PagePlace {
  readonly token: string | undefined
}

function readPage(root: XmlElement, place: Place): Page {
  if (root.name !== 'ListBucketResult') throw new BrokenPage('it is no listing')
  const decode = childText(root, 'EncodingType') === 'url' ? decodeName : (name: string) => name
  const objects: ListEntry[] = []
  const prefixes: ListEntry[] = []
  for (const child of root.children) {
    if (child.name === 'Contents') objects.push(readObject(child, decode))
    else if (child.name === 'CommonPrefixes') {
      const prefix = childText(child, 'Prefix')
      if (prefix === undefined) throw new BrokenPage('a prefix has no name')
      prefixes.push({ kind: 'prefix', prefix: decode(prefix) })
    }
  }
  const entries = mergeInOrder(objects, prefixes)
  assertInOrder(entries, place)
  const count = childText(root, 'KeyCount')
  if (count !== undefined && Number(count) !== entries.length) {
    throw new BrokenPage(`it has ${entries.length} names, and says that it has ${count}`)
  }
  const isMore = childText(root, 'IsTruncated')
  if (isMore !== 'true' && isMore !== 'false')
    throw new BrokenPage('it does not say if it is the last')
  const next = isMore === 'true' ? childText(root, 'NextContinuationToken') : undefined
  if (isMore === 'true' && (!next || next === place.token)) {
    throw new BrokenPage('more follows, and it does not say how')
  }
  return { entries, next }
}

function readObject(element: XmlElement, decode: (name: string) => string): ListEntry {
  const key = childText(element, 'Key')
  const size = Number(childText(element, 'Size') ?? NaN)
  const modifiedAt = new Date(childText(element, 'LastModified') ?? NaN)
  const etag = childText(element, 'ETag')
  const isWhole = Number.isSafeInteger(size) && !Number.isNaN(modifiedAt.getTime())
  if (key === undefined || etag === undefined || !isWhole) {
    throw new BrokenPage('an object lacks its name, size, time or ETag')
  }
  const storageClass = childText(element, 'StorageClass')
  const info = { key: decode(key), size, modifiedAt, etag: bareEtag(etag), checksums: {} }
  return { kind: 'object', object: storageClass === undefined ? info : { ...info, storageClass } }
}

/** Names come escaped as in a form's data, since XML cannot hold all characters. */
function decodeName(name: string): string {
  if (!/[%+]/.test(name)) return name
  try {
    return decodeURIComponent(name.replaceAll('+', ' '))
  } catch {
    throw new FerryError('UNSUPPORTED', `the key \`${showKey(name)}\` is no UTF-8`, {
      hint: 'rename the object with the tool that made it',
    })
  }
}

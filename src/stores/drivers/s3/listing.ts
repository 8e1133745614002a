import { FerryError } from '../../../core/errors.ts'
import { showKey } from '../../../formats/object-key.ts'
import { entryKey } from '../../entry-key.ts'
import { assertInOrder, BrokenPage, mergeInOrder, type PagePlace } from '../../http/page-order.ts'
import type { ListEntry, ListQuery, ObjectInfo } from '../../store.ts'
import { brokenAnswer } from './errors.ts'
import { bareEtag } from './info.ts'
import type { BucketContext } from './objects.ts'
import type { XmlReader } from '../../../clouds/http/xml-reader.ts'

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
    const page: Page = await client.sendForPage({ bucket, method: 'GET', query, signal }, xml => {
      try {
        return readPage(xml, { prefix, after, token: next })
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

function readPage(xml: XmlReader, place: Place): Page {
  const told = readTags(xml)
  const decode = told.fields.get('EncodingType') === 'url' ? decodeName : (name: string) => name
  const objects = told.objects.map((object): ListEntry => {
    object.key = decode(object.key)
    return { kind: 'object', object }
  })
  const prefixes = told.prefixes.map(
    (name): ListEntry => ({ kind: 'prefix', prefix: decode(name) }),
  )
  const entries = mergeInOrder(objects, prefixes)
  assertInOrder(entries, place)
  const count = told.fields.get('KeyCount')
  if (count !== undefined && Number(count) !== entries.length) {
    throw new BrokenPage(`it has ${entries.length} names, and says that it has ${count}`)
  }
  const isMore = told.fields.get('IsTruncated')
  if (isMore !== 'true' && isMore !== 'false')
    throw new BrokenPage('it does not say if it is the last')
  const next = isMore === 'true' ? told.fields.get('NextContinuationToken') : undefined
  if (isMore === 'true' && (!next || next === place.token)) {
    throw new BrokenPage('more follows, and it does not say how')
  }
  return { entries, next }
}

/** The key may still be escaped: whether it is may stand behind it. */
type FoundObject = ObjectInfo & { key: string }

interface Tags {
  readonly objects: readonly FoundObject[]
  readonly prefixes: readonly string[]
  /** What the page says of itself. */
  readonly fields: ReadonlyMap<string, string>
}

/** The whole document is read before any of it counts. @throws SyntaxError, BrokenPage */
function readTags(xml: XmlReader): Tags {
  if (xml.child() !== 'ListBucketResult') throw new SyntaxError('it is no listing')
  const objects: FoundObject[] = []
  const prefixes: string[] = []
  const fields = new Map<string, string>()
  for (let name = xml.child(); name !== undefined; name = xml.child()) {
    if (name === 'Contents') objects.push(readObject(xml))
    else if (name === 'CommonPrefixes') prefixes.push(readPrefix(xml))
    else fields.set(name, xml.text())
  }
  xml.end()
  return { objects, prefixes, fields }
}

function readPrefix(xml: XmlReader): string {
  let prefix: string | undefined
  for (let name = xml.child(); name !== undefined; name = xml.child()) {
    const text = xml.text()
    if (name === 'Prefix') prefix = text
  }
  if (prefix === undefined) throw new BrokenPage('a prefix has no name')
  return prefix
}

function readObject(xml: XmlReader): FoundObject {
  let key: string | undefined
  let etag: string | undefined
  let storageClass: string | undefined
  let size = Number.NaN
  let modifiedAt = NO_DATE
  for (let name = xml.child(); name !== undefined; name = xml.child()) {
    const text = xml.text()
    if (name === 'Key') key = text
    else if (name === 'LastModified') modifiedAt = new Date(text)
    else if (name === 'ETag') etag = bareEtag(text)
    else if (name === 'Size') size = Number(text)
    else if (name === 'StorageClass') storageClass = text
  }
  const isWhole = Number.isSafeInteger(size) && !Number.isNaN(modifiedAt.getTime())
  if (key === undefined || etag === undefined || !isWhole) {
    throw new BrokenPage('an object lacks its name, size, time or ETag')
  }
  return { key, size, modifiedAt, etag, checksums: NO_CHECKSUMS, storageClass }
}

const NO_DATE = new Date(Number.NaN)
const NO_CHECKSUMS = {}

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

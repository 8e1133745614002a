import { compareKeys, showKey } from '../../../formats/object-key.ts'
import type { XmlReader } from '../../../clouds/http/xml-reader.ts'
import type { ListEntry, ListQuery } from '../../store.ts'
import { brokenAnswer } from './errors.ts'
import { bareEtag, md5Checksums } from './info.ts'
import { entryKey } from '../../entry-key.ts'
import { BrokenPage, type PagePlace } from '../../http/page-order.ts'
import { Utf8Order } from './listing-order.ts'
import type { ContainerContext } from './objects.ts'

interface Page {
  readonly entries: readonly ListEntry[]
  readonly next: string | undefined
}

/**
 * Pages of a listing, in the order of the names' UTF-8 bytes. Each page is checked to be whole, and
 * to go on where the one before ended: one out of order or without a way on is fetched again, and is
 * an error in the end.
 */
export async function* listBlobs(
  context: ContainerContext,
  query: ListQuery,
): AsyncGenerator<readonly ListEntry[]> {
  const subject = { container: context.container, key: query.prefix }
  const order = new Utf8Order()
  let last: string | undefined
  const inOrder = (entries: readonly ListEntry[]): readonly ListEntry[] => {
    for (const entry of entries) {
      const name = entryKey(entry)
      if (last !== undefined && compareKeys(last, name) >= 0) {
        throw brokenAnswer(subject, afterward(name, last))
      }
      last = name
    }
    return entries
  }
  for await (const page of listPages(context, query)) {
    const entries = inOrder(order.push(page))
    if (entries.length > 0) yield entries
  }
  const rest = inOrder(order.end())
  if (rest.length > 0) yield rest
}

async function* listPages(
  { client, container }: ContainerContext,
  { prefix, delimiter, signal }: ListQuery,
): AsyncGenerator<readonly ListEntry[]> {
  let next: string | undefined
  let last: string | undefined
  do {
    const query = {
      restype: 'container',
      comp: 'list',
      ...(prefix === '' ? {} : { prefix }),
      ...(delimiter === undefined ? {} : { delimiter }),
      ...(next === undefined ? {} : { marker: next }),
    }
    const place = { prefix, after: last, marker: next }
    const page: Page = await client.sendForPage(
      { container, method: 'GET', query, signal },
      xml => {
        try {
          return readPage(xml, place)
        } catch (error) {
          if (!(error instanceof BrokenPage)) throw error
          throw brokenAnswer({ container, key: prefix }, error.message)
        }
      },
    )
    yield page.entries
    const end = page.entries.at(-1)
    last = end === undefined ? last : entryKey(end)
    next = page.next
  } while (next !== undefined)
}

interface Place extends PagePlace {
  readonly marker: string | undefined
}

function readPage(xml: XmlReader, place: Place): Page {
  const { objects, prefixes, next } = readTags(xml)
  const entries = prefixes.length === 0 ? objects : merge(objects, prefixes)
  assertInOrder(entries, place)
  if (next === undefined) throw new BrokenPage('it does not say if it is the last')
  if (next !== '' && next === place.marker) throw new BrokenPage('it repeats')
  return { entries, next: next === '' ? undefined : next }
}

interface Tags {
  readonly objects: readonly ListEntry[]
  readonly prefixes: readonly ListEntry[]
  readonly next: string | undefined
}

/** The whole document is read before any of it counts. @throws SyntaxError, BrokenPage */
function readTags(xml: XmlReader): Tags {
  const objects: ListEntry[] = []
  const prefixes: ListEntry[] = []
  let next: string | undefined
  const root = xml.child()
  let hasBlobs = false
  for (let name = xml.child(); name !== undefined; name = xml.child()) {
    if (name === 'NextMarker') next = xml.text()
    else if (name === 'Blobs') {
      hasBlobs = true
      readBlobs(xml, objects, prefixes)
    } else xml.text()
  }
  xml.end()
  if (root !== 'EnumerationResults' || !hasBlobs) throw new BrokenPage('it is no listing')
  return { objects, prefixes, next }
}

function readBlobs(xml: XmlReader, objects: ListEntry[], prefixes: ListEntry[]): void {
  for (let name = xml.child(); name !== undefined; name = xml.child()) {
    if (name === 'Blob') objects.push(readObject(xml))
    else if (name === 'BlobPrefix') prefixes.push({ kind: 'prefix', prefix: readPrefix(xml) })
    else xml.text()
  }
}

function readObject(xml: XmlReader): ListEntry {
  let key: string | undefined
  let properties: Properties = {}
  for (let name = xml.child(); name !== undefined; name = xml.child()) {
    if (name === 'Name') key = readName(xml)
    else if (name === 'Properties') properties = readProperties(xml)
    else xml.text()
  }
  const { etag, size = Number.NaN, modifiedAt, md5, ...rest } = properties
  const isDated = modifiedAt !== undefined && !Number.isNaN(modifiedAt.getTime())
  if (etag === undefined || !isDated || !Number.isSafeInteger(size)) {
    throw new BrokenPage('an object lacks its size, time or ETag')
  }
  const object = { key: asName(key), size, modifiedAt, etag, checksums: md5Checksums(md5), ...rest }
  return { kind: 'object', object }
}

interface Properties {
  size?: number
  modifiedAt?: Date
  etag?: string
  md5?: string
  contentType?: string
  contentEncoding?: string
  storageClass?: string
}

/** An empty one says nothing. */
function readProperties(xml: XmlReader): Properties {
  const found: Properties = {}
  for (let name = xml.child(); name !== undefined; name = xml.child()) {
    const text = xml.text()
    if (text === '') continue
    if (name === 'Content-Length') found.size = Number(text)
    else if (name === 'Last-Modified') found.modifiedAt = new Date(text)
    else if (name === 'Etag') found.etag = bareEtag(text)
    else if (name === 'Content-MD5') found.md5 = text
    else if (name === 'Content-Type') found.contentType = text
    else if (name === 'Content-Encoding') found.contentEncoding = text
    else if (name === 'AccessTier') found.storageClass = text
  }
  return found
}

function readPrefix(xml: XmlReader): string {
  let prefix: string | undefined
  for (let name = xml.child(); name !== undefined; name = xml.child()) {
    if (name === 'Name') prefix = readName(xml)
    else xml.text()
  }
  return asName(prefix)
}

/** What XML cannot hold comes escaped as in a URL, and says so. */
function readName(xml: XmlReader): string {
  const isEncoded = /\bEncoded="true"/i.test(xml.attributes)
  const text = xml.text()
  if (!isEncoded) return text
  try {
    return decodeURIComponent(text)
  } catch {
    throw new BrokenPage('a name is not escaped as it says')
  }
}

function asName(name: string | undefined): string {
  if (name === undefined || name === '') throw new BrokenPage('an entry has no name')
  return name
}

/** Objects and prefixes each come in order. */
function merge(objects: readonly ListEntry[], prefixes: readonly ListEntry[]): ListEntry[] {
  return [...objects, ...prefixes].sort((a, b) => (entryKey(a) < entryKey(b) ? -1 : 1))
}

/** In either order, as it is not documented which one the service has. */
function assertInOrder(entries: readonly ListEntry[], { prefix, after }: Place): void {
  let before = after
  for (const entry of entries) {
    const name = entryKey(entry)
    if (!name.startsWith(prefix)) throw new BrokenPage('a name has another prefix')
    if (before !== undefined && before >= name && compareKeys(before, name) >= 0) {
      throw new BrokenPage(afterward(name, before))
    }
    before = name
  }
}

function afterward(name: string, before: string): string {
  return `\`${showKey(name)}\` comes after \`${showKey(before)}\``
}

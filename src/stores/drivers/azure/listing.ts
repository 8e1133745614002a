import { compareKeys, showKey } from '../../../formats/object-key.ts'
import { childText, type XmlElement } from '../../http/xml.ts'
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
    const page: Page = await client.sendForXml(
      { container, method: 'GET', query, signal },
      root => {
        try {
          return readPage(root, place)
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

function readPage(root: XmlElement, place: Place): Page {
  const blobs = root.children.find(({ name }) => name === 'Blobs')
  if (root.name !== 'EnumerationResults' || blobs === undefined) {
    throw new BrokenPage('it is no listing')
  }
  const objects: ListEntry[] = []
  const prefixes: ListEntry[] = []
  for (const child of blobs.children) {
    if (child.name === 'Blob') objects.push(readObject(child))
    else if (child.name === 'BlobPrefix') prefixes.push({ kind: 'prefix', prefix: readName(child) })
  }
  const entries = prefixes.length === 0 ? objects : merge(objects, prefixes)
  assertInOrder(entries, place)
  const next = childText(root, 'NextMarker')
  if (next === undefined) throw new BrokenPage('it does not say if it is the last')
  if (next !== '' && next === place.marker) throw new BrokenPage('it repeats')
  return { entries, next: next === '' ? undefined : next }
}

function readObject(element: XmlElement): ListEntry {
  const properties = element.children.find(({ name }) => name === 'Properties')
  const fields = new Map(properties?.children.map(({ name, text }) => [name, text]))
  const field = (name: string): string | undefined => fields.get(name) || undefined
  const size = Number(field('Content-Length') ?? NaN)
  const modifiedAt = new Date(field('Last-Modified') ?? NaN)
  const etag = field('Etag')
  const isWhole = Number.isSafeInteger(size) && !Number.isNaN(modifiedAt.getTime())
  if (etag === undefined || !isWhole) throw new BrokenPage('an object lacks its size, time or ETag')
  const object = {
    key: readName(element),
    size,
    modifiedAt,
    etag: bareEtag(etag),
    checksums: md5Checksums(field('Content-MD5')),
    contentType: field('Content-Type'),
    contentEncoding: field('Content-Encoding'),
    storageClass: field('AccessTier'),
  }
  return { kind: 'object', object }
}

/** What XML cannot hold comes escaped as in a URL, and says so. */
function readName(element: XmlElement): string {
  const name = element.children.find(child => child.name === 'Name')
  if (name === undefined || name.text === '') throw new BrokenPage('an entry has no name')
  if (!/\bEncoded="true"/i.test(name.attributes)) return name.text
  try {
    return decodeURIComponent(name.text)
  } catch {
    throw new BrokenPage('a name is not escaped as it says')
  }
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

import { FerryError } from '../../../core/errors.ts'
import { showKey } from '../../../formats/object-key.ts'
import { entryKey } from '../../entry-key.ts'
import { assertInOrder, BrokenPage, mergeInOrder, type PagePlace } from '../../http/page-order.ts'
import type { ListEntry, ListQuery } from '../../store.ts'
import { brokenAnswer } from './errors.ts'
import { ObjectRows } from './listing-rows.ts'
import type { BucketContext } from './objects.ts'
import type { XmlReader } from '../../../clouds/http/xml-reader.ts'

interface Page {
  /** In order, a part at a time, so that few entries live at once; goes once. */
  readonly entries: Iterable<readonly ListEntry[]>
  readonly last: string | undefined
  readonly next: string | undefined
}

/**
 * Pages of a listing. Each is checked to be whole, and to go on where the one before ended: a page
 * out of order or without a way on is fetched again, and is an error in the end. While one is looked
 * at, the next is under way.
 */
export async function* listObjects(
  context: BucketContext,
  query: ListQuery,
): AsyncGenerator<readonly ListEntry[]> {
  const ended = new AbortController()
  const signal = AbortSignal.any([query.signal, ended.signal])
  const fetch = (after: string | undefined, token: string | undefined): Promise<Page> =>
    fetchPage(context, { ...query, signal }, { prefix: query.prefix, after, token })
  let page = await fetch(undefined, undefined)
  try {
    for (;;) {
      const { entries, last, next } = page
      const ahead = next === undefined ? undefined : fetch(last, next)
      ahead?.catch(() => {}) // awaited below; until then its failure must not end the process
      yield* entries
      if (ahead === undefined) return
      page = await ahead
    }
  } finally {
    ended.abort(new Error('nobody reads on'))
  }
}

function fetchPage(
  { client, bucket }: BucketContext,
  { prefix, delimiter, signal }: ListQuery,
  place: Place,
): Promise<Page> {
  const query = {
    'list-type': '2',
    'encoding-type': 'url',
    ...(prefix === '' ? {} : { prefix }),
    ...(delimiter === undefined ? {} : { delimiter }),
    ...(place.token === undefined ? {} : { 'continuation-token': place.token }),
  }
  return client.sendForPage({ bucket, method: 'GET', query, signal }, xml => {
    try {
      return readPage(xml, place)
    } catch (error) {
      if (!(error instanceof BrokenPage)) throw error
      throw brokenAnswer({ bucket, key: prefix }, error.message)
    }
  })
}

interface Place extends PagePlace {
  readonly token: string | undefined
}

function readPage(xml: XmlReader, place: Place): Page {
  const told = readTags(xml)
  const { objects, fields } = told
  const isEncoded = fields.get('EncodingType') === 'url'
  if (isEncoded) objects.decodeKeys(decodeName)
  const prefixes = told.prefixes.map(
    (name): ListEntry => ({ kind: 'prefix', prefix: isEncoded ? decodeName(name) : name }),
  )
  const merged =
    prefixes.length === 0 ? undefined : mergeInOrder([...objects.parts()].flat(), prefixes)
  const names = merged?.map(entryKey) ?? objects.keys
  assertInOrder(names, place)
  const count = fields.get('KeyCount')
  if (count !== undefined && Number(count) !== names.length) {
    throw new BrokenPage(`it has ${names.length} names, and says that it has ${count}`)
  }
  const isMore = fields.get('IsTruncated')
  if (isMore !== 'true' && isMore !== 'false')
    throw new BrokenPage('it does not say if it is the last')
  const next = isMore === 'true' ? fields.get('NextContinuationToken') : undefined
  if (isMore === 'true' && (!next || next === place.token)) {
    throw new BrokenPage('more follows, and it does not say how')
  }
  const entries = merged === undefined ? objects.parts() : [merged]
  return { entries, last: names.at(-1) ?? place.after, next }
}

interface Tags {
  readonly objects: ObjectRows
  readonly prefixes: readonly string[]
  /** What the page says of itself. */
  readonly fields: ReadonlyMap<string, string>
}

/** The whole document is read before any of it counts. @throws SyntaxError, BrokenPage */
function readTags(xml: XmlReader): Tags {
  if (xml.child() !== 'ListBucketResult') throw new SyntaxError('it is no listing')
  const objects = new ObjectRows()
  const prefixes: string[] = []
  const fields = new Map<string, string>()
  for (let name = xml.child(); name !== undefined; name = xml.child()) {
    if (name === 'Contents') objects.read(xml)
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

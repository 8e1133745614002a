import type { XmlMold } from '../../../clouds/http/xml-mold.ts'
import type { XmlReader } from '../../../clouds/http/xml-reader.ts'
import { resolveEntities } from '../../../clouds/http/xml-syntax.ts'
import { BrokenPage } from '../../http/page-order.ts'
import type { ListEntry } from '../../store.ts'
import { bareEtag } from './info.ts'

/** What a listing says of an object. */
interface Row {
  readonly key: string
  readonly etag: string
  readonly size: number
  /** Milliseconds since 1970. */
  readonly time: number
  readonly storageClass: string | undefined
}

/** Entries that are made at once. */
const PART = 100

/**
 * The objects of a page, in columns: a thousand entries with all that belongs to them are as much as
 * V8 lets live in its young generation, and would be copied about. So they are made when they are
 * asked for, a part at a time.
 */
export class ObjectRows {
  readonly keys: string[] = []
  readonly #etags: string[] = []
  readonly #sizes: number[] = []
  readonly #times: number[] = []
  readonly #storageClasses: (string | undefined)[] = []

  /** Reads the element that was entered, and those behind it that are written alike. @throws BrokenPage */
  read(xml: XmlReader): void {
    const first = readRow(xml)
    this.#push(first)
    const mold = xml.mold()
    if (mold === undefined) return
    const places = placesIn(mold)
    if (!isSame(rowOf(mold, places), first)) return
    while (xml.passesAlike(mold)) this.#pushMolded(mold, places)
  }

  decodeKeys(decode: (key: string) => string): void {
    for (const [at, key] of this.keys.entries()) this.keys[at] = decode(key)
  }

  *parts(): Generator<readonly ListEntry[]> {
    for (let from = 0; from < this.keys.length; from += PART) {
      const entries: ListEntry[] = []
      const end = Math.min(from + PART, this.keys.length)
      for (let at = from; at < end; at++) entries.push(this.#entry(at))
      yield entries
    }
  }

  #push({ key, etag, size, time, storageClass }: Row): void {
    if (!Number.isSafeInteger(size) || Number.isNaN(time)) throw new BrokenPage(LACKING)
    this.keys.push(key)
    this.#etags.push(etag)
    this.#sizes.push(size)
    this.#times.push(time)
    this.#storageClasses.push(storageClass)
  }

  /** The same of an element that fits a mold: of most, two texts are made and nothing else. */
  #pushMolded(mold: XmlMold, places: Places): void {
    const size = mold.digits(places.size)
    const time = mold.time(places.time)
    if (size < 0 || Number.isNaN(time)) {
      this.#push(rowOf(mold, places))
      return
    }
    this.keys.push(mold.text(places.key))
    this.#etags.push(etagOf(mold, places.etag))
    this.#sizes.push(size)
    this.#times.push(time)
    // One text for all that have the same.
    const before = this.#storageClasses.at(-1)
    const isSame = before !== undefined && mold.is(places.storageClass, before)
    this.#storageClasses.push(isSame ? before : storageClassOf(mold, places))
  }

  #entry(at: number): ListEntry {
    const object = {
      key: this.keys[at] ?? '',
      size: this.#sizes[at] ?? 0,
      modifiedAt: new Date(this.#times[at] ?? 0),
      etag: this.#etags[at] ?? '',
      checksums: NO_CHECKSUMS,
      storageClass: this.#storageClasses[at],
    }
    return { kind: 'object', object }
  }
}

const NO_CHECKSUMS = {}

function readRow(xml: XmlReader): Row {
  let key: string | undefined
  let etag: string | undefined
  let storageClass: string | undefined
  let size = Number.NaN
  let time = Number.NaN
  for (let name = xml.child(); name !== undefined; name = xml.child()) {
    const text = xml.text()
    if (name === 'Key') key = text
    else if (name === 'LastModified') time = Date.parse(text)
    else if (name === 'ETag') etag = bareEtag(text)
    else if (name === 'Size') size = sizeOf(text)
    else if (name === 'StorageClass') storageClass = text
  }
  if (key === undefined || etag === undefined) throw new BrokenPage(LACKING)
  return { key, etag, size, time, storageClass }
}

function sizeOf(text: string): number {
  return text === '' ? Number.NaN : Number(text)
}

const LACKING = 'an object lacks its name, size, time or ETag'

/** The numbers of the texts in a mold; -1 for what is not there. */
interface Places {
  readonly key: number
  readonly etag: number
  readonly size: number
  readonly time: number
  readonly storageClass: number
}

function placesIn({ names }: XmlMold): Places {
  return {
    key: names.indexOf('Key'),
    etag: names.indexOf('ETag'),
    size: names.indexOf('Size'),
    time: names.indexOf('LastModified'),
    storageClass: names.indexOf('StorageClass'),
  }
}

function rowOf(mold: XmlMold, places: Places): Row {
  const { key, etag, size, time } = places
  return {
    key: mold.text(key),
    etag: etagOf(mold, etag),
    size: sizeOf(mold.text(size)),
    time: Date.parse(mold.text(time)),
    storageClass: storageClassOf(mold, places),
  }
}

function storageClassOf(mold: XmlMold, { storageClass }: Places): string | undefined {
  return storageClass === -1 ? undefined : mold.text(storageClass)
}

const QUOTE = '&quot;'

/** Nearly all come in quotes, which are entities. */
function etagOf(mold: XmlMold, nr: number): string {
  const raw = mold.raw(nr)
  const end = raw.length - QUOTE.length
  const isQuoted = raw.startsWith(QUOTE) && raw.indexOf('&', 1) === end && raw.endsWith(QUOTE)
  return isQuoted ? raw.slice(QUOTE.length, end) : bareEtag(resolveEntities(raw))
}

/** An element may hold another that has texts of the same names. */
function isSame(one: Row, other: Row): boolean {
  return (
    one.key === other.key &&
    one.etag === other.etag &&
    one.size === other.size &&
    one.time === other.time &&
    one.storageClass === other.storageClass
  )
}

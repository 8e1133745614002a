import { FerryError } from '../../../core/errors.ts'
import { base64ToHex, type Checksums } from '../../../formats/checksum.ts'
import type { WireAnswer } from '../../../clouds/http/transport.ts'
import type { ObjectInfo, PutOptions } from '../../store.ts'
import { CAPABILITIES } from './capabilities.ts'
import { brokenAnswer, type Subject } from './errors.ts'
import { countIn, isRecord, type JsonRecord, textIn } from './json.ts'
import { textHeader } from '../../../clouds/http/headers.ts'

type Headers = WireAnswer['headers']

export interface ObjectSubject extends Subject {
  readonly key: string
}

/**
 * An object resource of the JSON API. Its ETag is for Ferry the generation, which names these bytes:
 * all conditions of the service are on that. @throws FerryError TRANSIENT (it says too little)
 */
export function infoOf(subject: ObjectSubject, resource: JsonRecord): ObjectInfo {
  const size = countIn(resource, 'size')
  const modifiedAt = new Date(textIn(resource, 'updated') ?? NaN)
  const etag = textIn(resource, 'generation')
  if (size === undefined || Number.isNaN(modifiedAt.getTime()) || etag === undefined) {
    throw brokenAnswer(subject, 'it lacks the size, the time or the generation of an object')
  }
  if (textIn(resource, 'name') !== subject.key) throw brokenAnswer(subject, 'it is of another name')
  return {
    key: subject.key,
    size,
    modifiedAt,
    etag,
    checksums: checksumsOf(resource),
    contentType: textIn(resource, 'contentType'),
    contentEncoding: textIn(resource, 'contentEncoding'),
    metadata: metadataOf(resource),
    storageClass: textIn(resource, 'storageClass'),
  }
}

export function checksumsOf(resource: JsonRecord): Checksums {
  const crc32c = textIn(resource, 'crc32c')
  const md5 = textIn(resource, 'md5Hash')
  return {
    ...(crc32c === undefined ? {} : { crc32c: base64ToHex(crc32c) }),
    ...(md5 === undefined ? {} : { md5: base64ToHex(md5) }),
  }
}

function metadataOf(resource: JsonRecord): Record<string, string> {
  const metadata = isRecord(resource['metadata']) ? resource['metadata'] : {}
  const pairs = Object.entries(metadata).map(([name, value]) => [name.toLowerCase(), String(value)])
  return Object.fromEntries(pairs)
}

const PREFIX = 'x-goog-meta-'

/** What the head of an answer of the XML API says of an object. @throws FerryError TRANSIENT */
export function infoOfHead(subject: ObjectSubject, headers: Headers): ObjectInfo {
  const range = /^bytes \d+-\d+\/(\d+)$/.exec(textHeader(headers, 'content-range') ?? '')
  const told = textHeader(headers, 'x-goog-stored-content-length') ?? range?.[1]
  const size = Number(told ?? textHeader(headers, 'content-length') ?? NaN)
  const modifiedAt = new Date(textHeader(headers, 'last-modified') ?? NaN)
  const etag = textHeader(headers, 'x-goog-generation')
  if (!Number.isSafeInteger(size) || Number.isNaN(modifiedAt.getTime()) || etag === undefined) {
    throw brokenAnswer(subject, 'it lacks the size, the time or the generation of the object')
  }
  const encoding = textHeader(headers, 'x-goog-stored-content-encoding')
  return {
    key: subject.key,
    size,
    modifiedAt,
    etag,
    // Those of a range would be those of the whole; the reference does not promise it.
    checksums: range === null ? checksumsIn(headers) : {},
    contentType: textHeader(headers, 'content-type'),
    contentEncoding: encoding === 'identity' ? undefined : encoding,
    metadata: Object.fromEntries(
      Object.keys(headers)
        .filter(name => name.startsWith(PREFIX))
        .map(name => [name.slice(PREFIX.length), textHeader(headers, name) ?? '']),
    ),
    storageClass: textHeader(headers, 'x-goog-storage-class'),
  }
}

/** `x-goog-hash: crc32c=...`, and `md5=...` with a comma or in a header of its own. */
export function checksumsIn(headers: Headers): Checksums {
  const values = [headers['x-goog-hash'] ?? []].flat()
  const found: { crc32c?: string; md5?: string } = {}
  for (const pair of values.flatMap(value => value.split(','))) {
    const [, name, value = ''] = /^\s*(crc32c|md5)=(\S+)\s*$/.exec(pair) ?? []
    if (name === 'crc32c' || name === 'md5') found[name] = base64ToHex(value)
  }
  return found
}

/** What goes with an object besides its bytes. */
export type Described = Pick<
  PutOptions,
  'contentType' | 'contentEncoding' | 'metadata' | 'storageClass'
>

/** @throws FerryError USAGE (the service's own answer would not tell what is wrong) */
export function assertStorageClass({ storageClass }: Described): void {
  const { storageClasses } = CAPABILITIES
  if (storageClass === undefined || storageClasses.includes(storageClass)) return
  throw new FerryError('USAGE', `\`${storageClass}\` is no storage class of Google`, {
    hint: `choose one of ${storageClasses.join(', ')}`,
  })
}

/** As the JSON API takes it. What is undefined is left out when it is printed. */
export function resourceOf({ metadata, ...rest }: Described): JsonRecord {
  const { contentType, contentEncoding, storageClass } = rest
  return { contentType, contentEncoding, storageClass, metadata: inLowerCase(metadata) }
}

function inLowerCase(metadata: PutOptions['metadata']): Record<string, string> | undefined {
  if (metadata === undefined) return undefined
  const pairs = Object.entries(metadata).map(([name, value]) => [name.toLowerCase(), value])
  return Object.fromEntries(pairs)
}

/** Text that every header carries as it is. */
const PLAIN = /^(?! )[\x20-\x7e]*(?<! )$/

export function fitsHeaders({
  contentType = '',
  contentEncoding = '',
  metadata = {},
}: Described): boolean {
  return [contentType, contentEncoding, ...Object.values(metadata)].every(isPlain)
}

export function isPlain(text: string): boolean {
  return PLAIN.test(text) && !text.includes('=?')
}

/** As the XML API takes it; all values must fit headers. */
export function describingHeaders(described: Described): Record<string, string> {
  const { contentType, contentEncoding, metadata = {}, storageClass } = described
  const headers: Record<string, string> = {}
  // Without one, the service would take that of a form.
  headers['content-type'] = contentType ?? 'application/octet-stream'
  if (contentEncoding !== undefined) headers['content-encoding'] = contentEncoding
  if (storageClass !== undefined) headers['x-goog-storage-class'] = storageClass
  for (const [name, value] of Object.entries(metadata)) {
    headers[`${PREFIX}${name.toLowerCase()}`] = value
  }
  return headers
}

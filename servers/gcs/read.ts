import { gunzipSync } from 'node:zlib'
import { ApiError, type Call, json, noSuchObject, type Reply } from './call.ts'
import { compareBytes, describe, etagOf, type Memory, type StoredObject } from './memory.ts'
import { checkPreconditions } from './preconditions.ts'

const MAX_RESULTS = 1000

/** Objects: get, with `alt=media` the content. */
export function readObject(memory: Memory, call: Call, bucket: string, name: string): Reply {
  const object = memory.objects(bucket).get(name)
  const generation = call.query.get('generation')
  const isAbsent = generation !== null && generation !== String(object?.generation)
  if (object === undefined || isAbsent) throw noSuchObject(bucket, name)
  checkPreconditions(call.query, object, { prefix: 'if', isRead: true })
  return call.query.get('alt') === 'media' ? readContent(object, call) : json(describe(object))
}

/**
 * "Transcoding of gzip-compressed files": who does not say that they take gzip gets what was
 * compressed, whole, whatever range they asked for.
 */
export function readContent(object: StoredObject, call: Call): Reply {
  const headers = contentHeaders(object)
  const accepts = call.headers['accept-encoding'] ?? ''
  if (object.settings.contentEncoding === 'gzip' && !accepts.includes('gzip')) {
    const { 'content-encoding': _encoding, ...plain } = headers
    const told = { ...plain, 'x-guploader-response-body-transformations': 'gunzipped' }
    return { status: 200, headers: told, body: gunzipSync(object.bytes) }
  }
  const { length } = object.bytes
  const range = /^bytes=(\d*)-(\d*)$/.exec(call.headers['range'] ?? '')
  if (range === null || (range[1] === '' && range[2] === '')) {
    return { status: 200, headers, body: object.bytes }
  }
  const isSuffix = range[1] === ''
  const first = isSuffix ? Math.max(0, length - Number(range[2])) : Number(range[1])
  const last = isSuffix || range[2] === '' ? length - 1 : Math.min(length - 1, Number(range[2]))
  if (first > last) {
    throw new ApiError(416, 'requestedRangeNotSatisfiable', 'Request range not satisfiable')
  }
  const partial = { ...headers, 'content-range': `bytes ${first}-${last}/${length}` }
  return { status: 206, headers: partial, body: object.bytes.subarray(first, last + 1) }
}

function contentHeaders(object: StoredObject): Record<string, string> {
  const { settings, bytes, md5Hash } = object
  const encoding = settings.contentEncoding
  return {
    'content-type': settings.contentType ?? 'application/octet-stream',
    ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
    etag: etagOf(object),
    'last-modified': object.updatedAt.toUTCString(),
    'x-goog-generation': String(object.generation),
    'x-goog-metageneration': String(object.metageneration),
    'x-goog-hash': `crc32c=${object.crc32c}${md5Hash === undefined ? '' : `,md5=${md5Hash}`}`,
    'x-goog-storage-class': settings.storageClass ?? 'STANDARD',
    'x-goog-stored-content-encoding': encoding ?? 'identity',
    'x-goog-stored-content-length': String(bytes.length),
  }
}

/** Objects: list. A page's names and prefixes together are at most `maxResults`. */
export function listObjects(memory: Memory, call: Call, bucket: string): Reply {
  const { query } = call
  const prefix = query.get('prefix') ?? ''
  const delimiter = query.get('delimiter') ?? ''
  const end = query.get('endOffset')
  const wanted = Number(query.get('maxResults') ?? MAX_RESULTS) || MAX_RESULTS
  const most = Math.min(wanted, MAX_RESULTS)
  const token = query.get('pageToken')
  const after = token === null ? '' : Buffer.from(token, 'base64url').toString('utf8')
  const starts = [prefix, query.get('startOffset') ?? '', after].toSorted(compareBytes)
  // A page that ended with a prefix has told of all the names under it.
  const isFolder = delimiter !== '' && after.length > prefix.length && after.endsWith(delimiter)
  const isTold = (name: string): boolean =>
    after !== '' && (name === after || (isFolder && name.startsWith(after)))
  const items: StoredObject[] = []
  const prefixes: string[] = []
  let last = ''
  let nextPageToken: string | undefined
  for (const object of memory.objects(bucket).from(starts.at(-1) ?? '')) {
    const { name } = object
    if (!name.startsWith(prefix) || (end !== null && compareBytes(name, end) >= 0)) break
    if (isTold(name)) continue
    const cut = delimiter === '' ? -1 : name.indexOf(delimiter, prefix.length)
    const folder = cut < 0 ? undefined : name.slice(0, cut + delimiter.length)
    if (folder !== undefined && folder === prefixes.at(-1)) continue
    if (items.length + prefixes.length === most) {
      nextPageToken = Buffer.from(last).toString('base64url')
      break
    }
    if (folder === undefined) items.push(object)
    else prefixes.push(folder)
    last = folder ?? name
  }
  return json({
    kind: 'storage#objects',
    nextPageToken,
    prefixes: prefixes.length === 0 ? undefined : prefixes,
    items: items.length === 0 ? undefined : items.map(describe),
  })
}

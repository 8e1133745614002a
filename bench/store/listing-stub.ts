/**
 * Runs as a process of its own: PORT COUNT. Every bucket of it lists COUNT objects of the same ten
 * bytes, a thousand a page, as S3 does, and tells of each when it is asked; nothing can be written. So
 * a listing can be as long as one likes, and its server costs little.
 */
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'

export const CONTENT = '0123456789'
const PAGE = 1_000

/** Names in the order of their bytes, in folders of a thousand. */
export function nameOf(index: number): string {
  const folder = String(Math.floor(index / PAGE)).padStart(4, '0')
  return `f${folder}/object-${String(index % PAGE).padStart(3, '0')}.csv`
}

/** Of each object. */
export const ETAG = createHash('md5').update(CONTENT).digest('hex')
const rest =
  '</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified>' +
  `<ETag>&quot;${ETAG}&quot;</ETag><Size>${CONTENT.length}</Size>` +
  '<StorageClass>STANDARD</StorageClass></Contents>'

const HEAD = {
  'content-length': String(CONTENT.length),
  'last-modified': 'Thu, 01 Jan 2026 00:00:00 GMT',
  etag: `"${ETAG}"`,
}

function page(count: number, first: number): string {
  const end = Math.min(count, first + PAGE)
  const objects: string[] = []
  for (let at = first; at < end; at++) objects.push(`<Contents><Key>${nameOf(at)}${rest}`)
  const isMore = end < count
  const next = isMore ? `<NextContinuationToken>${end}</NextContinuationToken>` : ''
  return (
    `<ListBucketResult><KeyCount>${objects.length}</KeyCount><MaxKeys>${PAGE}</MaxKeys>` +
    `<IsTruncated>${isMore}</IsTruncated>${next}` +
    `${objects.join('')}</ListBucketResult>`
  )
}

function serve(port: number, count: number): void {
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? '/', 'http://localhost')
    const isListing = request.method === 'GET' && searchParams.has('list-type')
    const body = isListing ? page(count, Number(searchParams.get('continuation-token') ?? 0)) : ''
    if (request.method === 'HEAD') response.writeHead(200, HEAD)
    else response.writeHead(isListing ? 200 : 403, { 'content-type': 'application/xml' })
    response.end(body)
  })
  server.keepAliveTimeout = 60_000
  server.listen(port, '127.0.0.1')
}

if (import.meta.main) serve(Number(process.argv[2]), Number(process.argv[3]))

/** The program of servers/api.ts: `node main.ts PORT`, options in FERRY_API. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { type ApiOptions, API_SECRETS, TOKEN_PREFIX } from '../api.ts'
import { print, thing, things, updatedAt } from './things.ts'

const options = JSON.parse(process.env['FERRY_API'] ?? '{}') as ApiOptions
const { things: all, pageSize = 10, tokenUses = Number.POSITIVE_INFINITY } = options
const counts: Record<string, number> = {}
const tokens = new Map<string, number>()

interface Call {
  readonly url: URL
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly body: string
  /** How often the path was called, this time included. */
  readonly nth: number
}

type Route = (call: Call) => void

const number = (url: URL, name: string, otherwise: number): number =>
  Number(url.searchParams.get(name) ?? otherwise)

function answer({ request, response }: Call, value: unknown, headers = {}): void {
  const json = Buffer.from(print(value))
  const isPacked = String(request.headers['accept-encoding']).includes('gzip') && json.length > 500
  const body = isPacked ? gzipSync(json) : json
  const encoding = isPacked ? { 'content-encoding': 'gzip' } : {}
  response.writeHead(200, { 'content-type': 'application/json', ...encoding, ...headers })
  response.end(body)
}

function refuse({ response }: Call, status: number, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(`{"error":"refused with ${status}"}`)
}

/** Things from one on, and where the next page begins, if there is one. */
function pageFrom(from: number): { items: readonly unknown[]; next: number | null } {
  const items = things(from, Math.min(pageSize, all - from + 1))
  const next = from + items.length
  return { items, next: next <= all ? next : null }
}

const cursorPage: Route = call => {
  const { items, next } = pageFrom(number(call.url, 'next_page', 1))
  answer(call, { items, next_page: next === null ? null : String(next) })
}

const ROUTES: Readonly<Record<string, Route>> = {
  '/cursor': cursorPage,
  '/page': call => {
    const page = number(call.url, 'page', 1)
    const { items } = pageFrom((page - 1) * pageSize + 1)
    answer(call, { meta: { pages: Math.ceil(all / pageSize) }, data: items })
  },
  '/offset': call => {
    const { items } = pageFrom(number(call.url, 'offset', 0) + 1)
    answer(call, { rows: items, total: all })
  },
  '/link': call => {
    const page = number(call.url, 'page', 1)
    const { items, next } = pageFrom((page - 1) * pageSize + 1)
    const link =
      next === null ? {} : { link: `<?page=1>; rel="first", <?page=${page + 1}>; rel="next"` }
    answer(call, items, link)
  },
  '/next': call => {
    const { items, next } = pageFrom(number(call.url, 'from', 1))
    answer(call, {
      value: items,
      ...(next === null ? {} : { '@odata.nextLink': `/next?from=${next}` }),
    })
  },
  '/last-id': call => {
    const { items, next } = pageFrom(number(call.url, 'starting_after', 0) + 1)
    answer(call, { has_more: next !== null, data: items })
  },
  '/body': call => {
    const asked = JSON.parse(call.body) as { page?: { token?: string } }
    const { items, next } = pageFrom(Number(asked.page?.token ?? 1))
    answer(call, { results: { hits: items }, page: { token: next } })
  },
  '/since': call => {
    const since = call.url.searchParams.get('since') ?? ''
    const items = things(1, all).filter((_, at) => updatedAt(at + 1) >= since)
    answer(call, items)
  },
  '/circle': call => answer(call, { items: things(1, 3), next_page: 'again' }),
  '/deaf': call => answer(call, things(1, 3)),
  '/elsewhere': call => answer(call, { items: things(1, 3), next: 'http://127.0.0.2:9/more' }),
  '/limited': call => {
    if (call.nth % 3 === 1) refuse(call, 429, { 'retry-after': '1' })
    else cursorPage(call)
  },
  '/moody': call => {
    if (call.nth % 2 === 1) refuse(call, call.nth % 4 === 1 ? 500 : 503)
    else cursorPage(call)
  },
  '/torn': call => {
    if (call.nth % 2 === 0) return cursorPage(call)
    // All bytes that are promised, and no whole document: no transport can tell.
    const json = print({ items: things(1, pageSize), next_page: null })
    call.response.writeHead(200, { 'content-type': 'application/json' })
    call.response.end(json.slice(0, json.length - 40))
  },
  '/overlapping': call => {
    // Rows move from page to page while they are read: some come twice.
    const from = Math.max(1, number(call.url, 'next_page', 1) - 3)
    const { items, next } = pageFrom(from)
    answer(call, { items, next_page: next })
  },
  '/mixed': call =>
    answer(call, [{ id: 1, a: 1 }, { id: 2, a: 2.5 }, { id: 3, a: 'x' }, { b: true }]),
  '/empty': call => answer(call, { items: [], next_page: null }),
  '/moved': call => {
    call.response.writeHead(302, { location: `/cursor${call.url.search}` })
    call.response.end()
  },
  '/away': call => {
    call.response.writeHead(302, { location: call.url.searchParams.get('to') ?? '/' })
    call.response.end()
  },
  '/csv': call => {
    call.response.writeHead(200, { 'content-type': 'text/csv' })
    call.response.end(
      'id,zip,amount,day\r\n1,01234,10,2026-03-01\r\n2,1234,"1,5",2026-03-02\r\n3,"",2.25,\r\n',
    )
  },
  '/parents': call => answer(call, [{ id: 'a/1' }, { id: 'b 2' }]),
  '/token': issueToken,
  '/large': large,
}

function issueToken(call: Call): void {
  const form = new URLSearchParams(call.body)
  const basic = Buffer.from(
    `${encodeURIComponent(API_SECRETS.clientId)}:${encodeURIComponent(API_SECRETS.clientSecret)}`,
  ).toString('base64')
  const isBasic = call.request.headers.authorization === `Basic ${basic}`
  const isBody = form.get('client_secret') === API_SECRETS.clientSecret
  if (form.get('grant_type') !== 'client_credentials' || !(isBasic || isBody))
    return refuse(call, 401)
  const token = `${TOKEN_PREFIX}${tokens.size + 1}-f00dbabe`
  tokens.set(token, tokenUses)
  answer(call, { access_token: token, token_type: 'Bearer', expires_in: 3600 })
}

/** `?rows=N&bytes=B`: one page of N rows of B bytes, made as it is sent. */
function large({ url, response }: Call): void {
  const rows = number(url, 'rows', 1_000)
  const filling = 'x'.repeat(number(url, 'bytes', 1_000))
  response.writeHead(200, { 'content-type': 'application/json' })
  response.write('{"items":[')
  let row = 0
  const more = (): void => {
    while (row < rows) {
      row++
      const json = `${row > 1 ? ',' : ''}{"id":${row},"filling":"${filling}"}`
      if (!response.write(json)) {
        response.once('drain', more)
        return
      }
    }
    response.end(']}')
  }
  more()
}

function isAllowed({ request, url }: Call): boolean {
  const { authorization = '' } = request.headers
  if (authorization.startsWith(`Bearer ${TOKEN_PREFIX}`)) {
    const token = authorization.slice('Bearer '.length)
    const left = tokens.get(token) ?? 0
    tokens.set(token, left - 1)
    return left > 0
  }
  const { user, password, bearer, key } = API_SECRETS
  const basic = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
  if (authorization === `Bearer ${bearer}` || authorization === basic) return true
  return request.headers['x-api-key'] === key || url.searchParams.get('api_key') === key
}

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost')
  const body = await text(request)
  if (url.pathname === '/_requests') {
    response.end(JSON.stringify(counts))
    return
  }
  const nth = (counts[url.pathname] ?? 0) + 1
  counts[url.pathname] = nth
  const call = { url, request, response, body, nth }
  const isSecure = url.pathname.startsWith('/secure/')
  if (isSecure && !isAllowed(call)) {
    // Some services repeat what they were sent.
    response.writeHead(401, { 'content-type': 'text/plain' })
    response.end(`not allowed: ${request.headers.authorization} ${request.url}`)
    return
  }
  const path = isSecure ? url.pathname.slice('/secure'.length) : url.pathname
  const parent = /^\/parents\/([^/]+)\/children$/.exec(path)?.[1]
  if (parent !== undefined) {
    answer(call, [{ ...thing(1), of: decodeURIComponent(parent) }, thing(2)])
    return
  }
  const route = ROUTES[path]
  if (route === undefined) refuse(call, 404)
  else route(call)
}

createServer((request, response) => void serve(request, response)).listen(
  Number(process.argv[2]),
  '127.0.0.1',
)

import { FerryError } from '../../core/errors.ts'
import { textHeader } from '../../clouds/http/headers.ts'
import type { WireAnswer } from '../../clouds/http/transport.ts'
import type { PaginationConfig } from '../config.ts'
import { type JsonQuery, parseQuery } from '../json/json-query.ts'
import type { JsonValue } from '../json/parse-json.ts'

/** What tells one page of a table from the others. */
export interface PagePosition {
  /** Parameters that are added to the request. */
  readonly params: Readonly<Record<string, string>>
  /** For `{cursor}`; undefined on the first page. */
  readonly cursor: string | undefined
  /** In place of the whole request's URL. */
  readonly url: URL | undefined
}

/** What a page was. */
export interface PageSeen {
  readonly url: URL
  readonly headers: WireAnswer['headers']
  readonly document: JsonValue
  readonly rows: number
  /** Of all its rows; the same for the same rows. */
  readonly digest: string
}

/** Says where the next page is. */
export interface Pager {
  readonly first: PagePosition
  /** Undefined after the last. @throws FerryError DATA_INVALID for a page that leads in a circle */
  next(seen: PageSeen, at: PagePosition): PagePosition | undefined
}

const START: PagePosition = { params: {}, cursor: undefined, url: undefined }

/**
 * `usesCursor`: a template of the request holds `{cursor}`; where none does, the cursor goes into a
 * parameter.
 */
export function pagerOf(pagination: PaginationConfig | undefined, usesCursor: boolean): Pager {
  if (pagination === undefined) return { first: START, next: () => undefined }
  const { cursor, page, offset, link, next } = pagination
  const more = pagination.more === undefined ? undefined : parseQuery(pagination.more)
  if (cursor !== undefined) return cursorPager(cursor, pagination, usesCursor)
  if (page !== undefined) return pagePager(page, pagination)
  if (offset !== undefined) return offsetPager(offset, pagination)
  if (next !== undefined) {
    const query = parseQuery(next)
    return urlPager(({ document }) => textOf(query.first(document)), more)
  }
  const relation = link ?? 'next'
  return urlPager(({ headers }) => linkOf(headers, relation), more)
}

function cursorPager(path: string, { param, more }: PaginationConfig, usesCursor: boolean): Pager {
  const query = parseQuery(path)
  const hasMore = more === undefined ? undefined : parseQuery(more)
  const name = param ?? query.names?.at(-1) ?? 'cursor'
  const seen = new Set<string>()
  return {
    first: START,
    next({ document }) {
      if (hasMore !== undefined && !isTrue(hasMore.first(document))) return undefined
      const cursor = textOf(query.first(document))
      if (cursor === undefined && hasMore !== undefined) {
        throw new FerryError(
          'DATA_INVALID',
          `the answer says that there is more, and has no cursor at \`${path}\``,
        )
      }
      if (cursor === undefined) return undefined
      if (seen.has(cursor)) throw circle(`the cursor \`${cursor.slice(0, 60)}\` came a second time`)
      seen.add(cursor)
      return { params: usesCursor ? {} : { [name]: cursor }, cursor, url: undefined }
    },
  }
}

function pagePager(name: string, { first = 1, pages, more }: PaginationConfig): Pager {
  const count = pages === undefined ? undefined : parseQuery(pages)
  const hasMore = more === undefined ? undefined : parseQuery(more)
  const watch = new RepeatWatch()
  const position = (page: number): PagePosition => {
    return { ...START, params: { [name]: String(page) }, cursor: String(page) }
  }
  return {
    first: position(first),
    next(seen, { cursor }) {
      const page = Number(cursor)
      if (seen.rows === 0) return undefined
      watch.see(seen.digest, `page ${page}`)
      const last = count === undefined ? undefined : first - 1 + Number(count.first(seen.document))
      if (last !== undefined && Number.isNaN(last)) throw missing(pages ?? '')
      if (last !== undefined && page >= last) return undefined
      if (hasMore !== undefined && !isTrue(hasMore.first(seen.document))) return undefined
      return position(page + 1)
    },
  }
}

function offsetPager(name: string, { total, more }: PaginationConfig): Pager {
  const all = total === undefined ? undefined : parseQuery(total)
  const hasMore = more === undefined ? undefined : parseQuery(more)
  const watch = new RepeatWatch()
  const position = (offset: number): PagePosition => {
    return { ...START, params: { [name]: String(offset) }, cursor: String(offset) }
  }
  return {
    first: position(0),
    next(seen, { cursor }) {
      const end = Number(cursor) + seen.rows
      const rows = all === undefined ? undefined : Number(all.first(seen.document))
      if (rows !== undefined && Number.isNaN(rows)) throw missing(total ?? '')
      if (seen.rows === 0 && rows !== undefined && end < rows) {
        throw new FerryError(
          'TRANSIENT',
          `the answer has no rows at offset ${end}, and says that there are ${rows}`,
        )
      }
      if (seen.rows === 0 || (rows !== undefined && end >= rows)) return undefined
      watch.see(seen.digest, `the page at offset ${cursor}`)
      if (hasMore !== undefined && !isTrue(hasMore.first(seen.document))) return undefined
      return position(end)
    },
  }
}

function urlPager(
  find: (seen: PageSeen) => string | undefined,
  more: JsonQuery | undefined,
): Pager {
  const seen = new Set<string>()
  return {
    first: START,
    next(page) {
      seen.add(page.url.href)
      if (more !== undefined && !isTrue(more.first(page.document))) return undefined
      const text = find(page)
      if (text === undefined) return undefined
      const url = parseUrl(text, page.url)
      if (url.origin !== page.url.origin) {
        throw new FerryError(
          'DATA_INVALID',
          `the next page is said to be at \`${url.origin}\`, not at \`${page.url.origin}\``,
        )
      }
      if (seen.has(url.href)) throw circle('the next page is one that was read already')
      return { params: {}, cursor: text, url }
    },
  }
}

/** A server that does not know the parameter sends the same page for ever. */
class RepeatWatch {
  readonly #seen = new Map<string, string>()

  see(digest: string, what: string): void {
    const before = this.#seen.get(digest)
    if (before !== undefined) throw circle(`${what} has the same rows as ${before}`)
    this.#seen.set(digest, what)
  }
}

function circle(what: string): FerryError {
  return new FerryError('DATA_INVALID', `the pages do not end: ${what}`, {
    hint: 'check `pagination`: does the service know the parameter, and how does it tell the end?',
  })
}

function missing(path: string): FerryError {
  return new FerryError('DATA_INVALID', `the answer has no number at \`${path}\``)
}

/** A cursor or a URL; null, false and the empty text are none. */
function textOf(value: JsonValue): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value
  if (typeof value === 'number') return String(value)
  return JSON.isRawJSON(value) ? value.rawJSON : undefined
}

function isTrue(value: JsonValue): boolean {
  return value === true || value === 'true' || value === 1
}

function parseUrl(text: string, base: URL): URL {
  try {
    return new URL(text, base)
  } catch (error) {
    throw new FerryError('DATA_INVALID', 'the next page is said to be at no URL', { cause: error })
  }
}

/** The target of a relation in a Link header (RFC 8288). */
export function linkOf(headers: WireAnswer['headers'], relation: string): string | undefined {
  const text = headers['link']
  const header = Array.isArray(text) ? text.join(', ') : (textHeader(headers, 'link') ?? '')
  for (const [, target, parameters = ''] of header.matchAll(
    /<([^>]*)>((?:\s*;\s*[\w*-]+(?:\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s,;"]*))?)*)/g,
  )) {
    const [, quoted, plain] = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s,;]+))/i.exec(parameters) ?? []
    if ((quoted ?? plain ?? '').split(/\s+/).includes(relation)) return target
  }
  return undefined
}

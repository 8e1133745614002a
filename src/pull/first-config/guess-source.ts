import { linkOf } from '../http/pager.ts'
import { readTime } from '../columns/time-text.ts'
import { isRecord, type JsonRecord, type JsonValue } from '../json/parse-json.ts'

/** What an answer suggests; all of it is a guess for a person to look at. */
export interface SourceGuess {
  readonly rows: string
  readonly sample: readonly JsonRecord[]
  readonly pagination: Readonly<Record<string, string>> | undefined
  readonly key: string | undefined
  /** A column of time stamps that seems to tell when a row changed. */
  readonly updated: string | undefined
}

type Headers = Readonly<Record<string, string | string[] | undefined>>

/** Guesses from one answer how the rest can be had. */
export function guessSource(document: JsonValue, headers: Headers): SourceGuess {
  const places = [...arraysIn(document, '$', 0)].sort((a, b) => b.rows.length - a.rows.length)
  const { path, rows } = places[0] ?? { path: '$', rows: isRecord(document) ? [document] : [] }
  const names = Object.keys(rows[0] ?? {})
  return {
    rows: path,
    sample: rows,
    pagination: guessPagination(document, headers),
    key: KEYS.find(name => names.includes(name) && isUnique(rows, name)),
    updated: names.find(name => UPDATED.test(name) && isTime(rows[0]?.[name])),
  }
}

const MOST_DEPTH = 4
const KEYS = ['id', '_id', 'uuid', 'guid', 'key', 'sid', 'ID', 'Id']
const UPDATED = /^(updated|modified|changed|last_?(updated|modified|changed))/i
const NEXT_URL = /^(@odata\.nextLink|next|next_?(url|link|href)|next_page_url)$/i
const CURSOR =
  /^(next_?)?(cursor|page_?token|continuation(_?token)?|scroll_id|after)$|^next_?page$/i
const PAGES = /^(total_?pages|pages|page_?count|last_?page)$/i

function* arraysIn(
  value: JsonValue,
  path: string,
  depth: number,
): Generator<{ readonly path: string; readonly rows: readonly JsonRecord[] }> {
  if (Array.isArray(value)) {
    const rows = value.filter(isRecord)
    if (rows.length > 0) yield { path, rows }
  } else if (isRecord(value) && depth < MOST_DEPTH) {
    for (const [name, inner] of Object.entries(value)) {
      yield* arraysIn(inner, pathOf(path, name), depth + 1)
    }
  }
}

function guessPagination(
  document: JsonValue,
  headers: Headers,
): Readonly<Record<string, string>> | undefined {
  if (linkOf(headers, 'next') !== undefined) return { link: 'next' }
  const members = [...membersIn(document, '$', 0)]
  const url = members.find(({ name, value }) => NEXT_URL.test(name) && isUrl(value))
  if (url !== undefined) return { next: url.path }
  const cursor = members.find(({ name, value }) => CURSOR.test(name) && isCursor(value))
  if (cursor !== undefined) return { cursor: cursor.path, param: cursor.name }
  const pages = members.find(({ name, value }) => PAGES.test(name) && typeof value === 'number')
  return pages === undefined ? undefined : { page: 'page', pages: pages.path }
}

interface Member {
  readonly name: string
  readonly path: string
  readonly value: JsonValue
}

/** Members of the document and of objects in it, not of its rows. */
function* membersIn(value: JsonValue, path: string, depth: number): Generator<Member> {
  if (!isRecord(value) || depth >= MOST_DEPTH) return
  for (const [name, inner] of Object.entries(value)) {
    yield { name, path: pathOf(path, name), value: inner }
    yield* membersIn(inner, pathOf(path, name), depth + 1)
  }
}

function pathOf(path: string, name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? `${path}.${name}` : `${path}['${name}']`
}

const isUrl = (value: JsonValue): boolean =>
  typeof value === 'string' && /^(https?:|\/)/.test(value)

const isCursor = (value: JsonValue): boolean =>
  (typeof value === 'string' && value !== '') || typeof value === 'number'

function isTime(value: JsonValue): boolean {
  return typeof value === 'string' && readTime(value) !== undefined
}

function isUnique(rows: readonly JsonRecord[], name: string): boolean {
  const values = rows.map(row => row[name])
  return values.every(isCursor) && new Set(values).size === values.length
}

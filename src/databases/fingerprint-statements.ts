import { FerryError } from '../core/errors.ts'
import type { Relation, SqlWriter } from './dialect.ts'
import {
  type ComparedColumn,
  type FingerprintWriter,
  type Key,
  type KeyRange,
  MAX_BOUNDS,
  type RangesQuery,
} from './fingerprint.ts'

/** What an engine says differently; everything else of a fingerprint is the same SQL everywhere. */
export interface FingerprintParts {
  readonly family: string
  readonly ownProbe: string | undefined
  readonly beginReading: readonly string[]
  readonly sql: Pick<SqlWriter, 'identifier' | 'relation'>
  /** @see FingerprintWriter.text */
  readonly text: (column: ComparedColumn) => string
  /** @see FingerprintWriter.literal */
  readonly literal: (column: ComparedColumn, text: string | null) => string
  /** A key's column, so that it sorts and compares as KeyRange says. */
  readonly order: (column: ComparedColumn) => string
  /** A text of a key's column, to be compared with `order`. */
  readonly orderLiteral: (column: ComparedColumn, text: string) => string
  /** Texts, none of them NULL, one after the other. */
  readonly concat: (texts: readonly string[]) => string
  /** Bytes of a text in UTF-8, as text. */
  readonly byteLength: (text: string) => string
  /** The first 15 hexadecimal digits of the MD5 of a text's UTF-8 bytes, as an integer. */
  readonly md5Number: (text: string) => string
  /** The number of rows, of more than two billion too. */
  readonly count: string
  /** Exact sum of such integers, of a billion rows too, as text; `0` when there are no rows. */
  readonly sum: (integer: string) => string
  /** The engine's own checksum of a row, an integer; undefined when it has none. */
  readonly ownChecksum: ((columns: readonly ComparedColumn[]) => string) | undefined
  readonly keyColumns: (relation: Relation) => string
}

/**
 * A writer of an engine's parts. A row's text, for the common checksum, is its values one after the
 * other with `|` between: `~` for NULL; a text as its length in bytes, `:` and itself, so that no two
 * rows share a text; everything else as it is, since no `|` and no `~` can be in it.
 */
export function fingerprintWriter(parts: FingerprintParts): FingerprintWriter {
  const { sql, text } = parts
  const name = sql.identifier
  const from = (query: RangesQuery): string =>
    `FROM ${sql.relation(query.relation)}${whereClause(parts, query)}`
  const checksum = (query: Pick<Parameters<FingerprintWriter['rows']>[0], 'columns' | 'kind'>) =>
    query.kind === 'own' ? ownChecksum(parts, query.columns) : commonChecksum(parts, query.columns)
  return {
    family: parts.family,
    ownProbe: parts.ownProbe,
    beginReading: parts.beginReading,
    text,
    literal: parts.literal,
    keyColumns: parts.keyColumns,
    fingerprints: query => {
      const bucket = bucketOf(parts, query.key, query.bounds)
      return `SELECT ${name('bucket')}, ${parts.count} AS ${name('row_count')}, ${parts.sum(name('checksum'))} AS ${name('checksum')}
FROM (SELECT ${bucket} AS ${name('bucket')}, ${checksum(query)} AS ${name('checksum')} ${from(query)}) AS ${name('q')}
GROUP BY ${name('bucket')}`
    },
    rows: query => {
      const names = [
        ...query.key.map((_, index) => name(`ferry_k${index}`)),
        name('checksum'),
        ...query.also.map((_, index) => name(`ferry_a${index}`)),
      ]
      const expressions = [...query.key.map(text), checksum(query), ...query.also]
      const all = expressions.map((expression, index) => `${expression} AS ${names[index] ?? ''}`)
      if (query.most === undefined) return `SELECT ${all.join(', ')} ${from(query)}`
      const order = query.key.map(parts.order).join(', ')
      return `SELECT ${names.join(', ')} FROM (SELECT ${all.join(', ')}, row_number() OVER (ORDER BY ${order}) AS ${name('ferry_n')}
${from(query)}) AS ${name('q')} WHERE ${name('ferry_n')} <= ${query.most}`
    },
    keyed: query => {
      const columns = [...query.key, ...query.columns].map(text)
      const any = query.keys.map(key => isKey(parts, query.key, key)).join(' OR ')
      return `SELECT ${columns.join(', ')} ${from({ ...query, where: [...query.where, any], ranges: [] })}`
    },
    isKey: (key, texts) => isKey(parts, key, texts),
    cuts: query => {
      const keys = query.key.map((_, index) => name(`ferry_k${index}`))
      const texts = query.key.map((column, index) => `${text(column)} AS ${keys[index] ?? ''}`)
      const order = query.key.map(parts.order).join(', ')
      const bucket = bucketOf(parts, query.key, query.bounds)
      return `SELECT ${[name('bucket'), ...keys].join(', ')} FROM (SELECT ${bucket} AS ${name('bucket')}, ${texts.join(', ')}, row_number() OVER (ORDER BY ${order}) AS ${name('ferry_n')}
${from(query)}) AS ${name('q')} WHERE ${name('ferry_n')} % ${query.every} = 0 ORDER BY ${name('ferry_n')}`
    },
    span: query => {
      const [first] = query.key
      if (first === undefined) throw new FerryError('BUG', 'a table without a key has no span')
      const column = name(first.column.name)
      const textOf = (aggregate: string): string =>
        text({ ...first, column: { ...first.column, name: aggregate } })
      return `SELECT ${textOf('least')}, ${textOf('greatest')} FROM (SELECT min(${column}) AS ${name('least')}, max(${column}) AS ${name('greatest')}
${from({ ...query, ranges: [] })}) AS ${name('q')}`
    },
  }
}

function ownChecksum(parts: FingerprintParts, columns: readonly ComparedColumn[]): string {
  if (parts.ownChecksum === undefined) {
    throw new FerryError('BUG', `${parts.family} has no checksum of its own`)
  }
  return parts.ownChecksum(columns)
}

function commonChecksum(parts: FingerprintParts, columns: readonly ComparedColumn[]): string {
  const fields = columns.flatMap((column, index) => {
    const text = parts.text(column)
    const whole = hasAnyCharacter(column)
      ? parts.concat([parts.byteLength(text), `':'`, text])
      : text
    const field = `CASE WHEN ${parts.sql.identifier(column.column.name)} IS NULL THEN '~' ELSE ${whole} END`
    return index === 0 ? [field] : [`'|'`, field]
  })
  // A table whose columns are all left out still has rows to count.
  if (fields.length === 0) return parts.md5Number(`''`)
  return parts.md5Number(fields.length === 1 ? (fields[0] ?? '') : parts.concat(fields))
}

/** Whether a `|` or a `~` can be in the text: then its length stands before it. */
const hasAnyCharacter = ({ column, form }: ComparedColumn): boolean =>
  ['text', 'json', 'other'].includes(form.kind === 'text' ? column.type.kind : form.kind) ||
  ['text', 'json', 'other'].includes(form.kind)

function whereClause(parts: FingerprintParts, { where, key, ranges }: RangesQuery): string {
  const conditions = where.map(condition => `(${condition})`)
  const inRanges = ranges.map(range => inRange(parts, key, range))
  if (inRanges.length > 0 && !inRanges.includes('')) conditions.push(`(${inRanges.join(' OR ')})`)
  return conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`
}

/** Empty for the range that holds everything. */
function inRange(
  parts: FingerprintParts,
  key: readonly ComparedColumn[],
  { from, to }: KeyRange,
): string {
  const ends: string[] = []
  if (from !== null) ends.push(beyond(parts, key, from, '>'))
  if (to !== null) {
    const below = beyond(parts, key, to, '<')
    const nulls = key.map(({ column }) => `${parts.sql.identifier(column.name)} IS NULL`)
    ends.push(from === null ? `(${[below, ...nulls].join(' OR ')})` : below)
  }
  return ends.length === 0 ? '' : `(${ends.join(' AND ')})`
}

/**
 * The key is at or above a bound (`>`), or below it (`<`), column by column. What is said of the first
 * column alone is for the planner, who can look that up in an index.
 */
function beyond(
  parts: FingerprintParts,
  key: readonly ComparedColumn[],
  bound: Key,
  side: '>' | '<',
): string {
  const [first, ...rest] = key
  const [text, ...texts] = bound
  if (first === undefined || text === undefined) {
    throw new FerryError('BUG', 'a bound does not have the columns of its key')
  }
  const column = parts.order(first)
  const literal = parts.orderLiteral(first, text)
  // A bound of fewer columns is the first of all keys that begin so.
  if (rest.length === 0 || texts.length === 0)
    return `${column} ${side === '>' ? '>=' : '<'} ${literal}`
  const then = beyond(parts, rest, texts, side)
  return `(${column} ${side}= ${literal} AND (${column} ${side} ${literal} OR ${then}))`
}

/**
 * A row has this key. A collation may find two texts equal that are not, so the bytes are asked for too,
 * beside what an index knows.
 */
function isKey(
  parts: FingerprintParts,
  key: readonly ComparedColumn[],
  texts: readonly (string | null)[],
): string {
  const conditions = key.map((column, index) => {
    const name = parts.sql.identifier(column.column.name)
    const value = texts[index] ?? null
    if (value === null) return `${name} IS NULL`
    const same = `${parts.order(column)} = ${parts.orderLiteral(column, value)}`
    if (column.form.kind !== 'text' || column.column.type.kind !== 'text') return same
    return `${name} = ${parts.literal(column, value)} AND ${same}`
  })
  return `(${conditions.join(' AND ')})`
}

/** A tree of comparisons, as deep as the logarithm of the bounds; NULLs are in bucket 0. */
function bucketOf(
  parts: FingerprintParts,
  key: readonly ComparedColumn[],
  bounds: readonly Key[],
): string {
  if (bounds.length > MAX_BOUNDS)
    throw new FerryError('BUG', `${bounds.length} bounds are too many`)
  const between = (low: number, high: number): string => {
    if (low === high) return String(low)
    const middle = Math.floor((low + high) / 2)
    const bound = bounds[middle] ?? []
    return `CASE WHEN ${beyond(parts, key, bound, '>')} THEN ${between(middle + 1, high)} ELSE ${between(low, middle)} END`
  }
  return between(0, bounds.length)
}

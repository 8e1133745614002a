import type { DuckDBType } from '@duckdb/node-api'
import { distinctNames } from '../distinct-names.ts'
import { jsonText, losesInJson } from './json-text.ts'
import { parquetType } from './parquet-type.ts'
import { sql } from './sql.ts'

export interface TypedColumn {
  readonly name: string
  readonly type: DuckDBType
}

export interface CopyTarget {
  readonly format: 'csv' | 'tsv' | 'json' | 'parquet'
  readonly path: string
}

const OPTIONS = {
  csv: `FORMAT csv, HEADER false, NULLSTR '', DELIMITER ','`,
  tsv: `FORMAT csv, HEADER false, NULLSTR '', DELIMITER '\t'`,
  json: 'FORMAT json',
  parquet: 'FORMAT parquet, COMPRESSION zstd',
  /** Lines as they are: one column of text without line ends. */
  lines: `FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\u0001'`,
} as const

/**
 * The COPY that writes a query's result to a path. Column names that come twice are numbered where
 * the format needs them to differ, and values keep what DuckDB's own writer would lose.
 */
export function copyQuery(
  query: string,
  columns: readonly TypedColumn[],
  target: CopyTarget,
): { text: string; prefixBytes: number } {
  const { select, options } = projection(columns, target.format)
  const head = select === undefined ? 'COPY (' : `COPY (SELECT ${select} FROM (`
  const names = namesOf(columns).map(name => sql.identifier(name))
  // The line end keeps a comment at the end of the query from swallowing the parenthesis.
  const tail = select === undefined ? '\n)' : `\n) AS ferry_result(${names.join(', ')}))`
  const text = `${head}${query}${tail} TO ${sql.literal(target.path)} (${options})`
  return { text, prefixBytes: Buffer.byteLength(head) }
}

/** What to select of the result; undefined when it can be written as it is. */
function projection(
  columns: readonly TypedColumn[],
  format: CopyTarget['format'],
): { select: string | undefined; options: string } {
  const options = OPTIONS[format]
  if (format === 'json' && columns.some(column => losesInJson(column.type))) {
    return { select: jsonLine(columns), options: OPTIONS.lines }
  }
  if (format !== 'json' && format !== 'parquet') return { select: undefined, options }
  const names = namesOf(columns)
  const targets = columns.map(({ type }) => (format === 'parquet' ? parquetType(type) : undefined))
  const isDistinct = names.every((name, index) => name === columns[index]?.name)
  if (isDistinct && targets.every(target => target === undefined)) {
    return { select: undefined, options }
  }
  const expressions = names.map((name, index) => {
    const column = sql.identifier(name)
    const target = targets[index]
    return target === undefined ? column : `CAST(${column} AS ${target}) AS ${column}`
  })
  return { select: expressions.join(', '), options }
}

function jsonLine(columns: readonly TypedColumn[]): string {
  const names = namesOf(columns)
  const members = columns.map(({ type }, index) => {
    const name = names[index] ?? ''
    const key = sql.literal(`${index === 0 ? '{' : ','}${JSON.stringify(name)}:`)
    return `${key} || ${jsonText(sql.identifier(name), type)}`
  })
  return `${members.join(' || ')} || '}'`
}

const namesOf = (columns: readonly TypedColumn[]): readonly string[] =>
  distinctNames(columns.map(column => column.name))

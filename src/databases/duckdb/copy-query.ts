import type { Column } from '../dialect.ts'
import { distinctNames } from '../distinct-names.ts'
import { sql } from './sql.ts'

export interface CopyTarget {
  readonly format: 'csv' | 'tsv' | 'json' | 'parquet'
  readonly path: string
}

const OPTIONS = {
  csv: `FORMAT csv, HEADER false, NULLSTR '', DELIMITER ','`,
  tsv: `FORMAT csv, HEADER false, NULLSTR '', DELIMITER '\t'`,
  json: 'FORMAT json',
  parquet: 'FORMAT parquet, COMPRESSION zstd',
} as const

/**
 * The COPY that writes a query's result to a path. Column names that come twice are numbered where
 * the format needs them to differ, and floats that JSON has no number for become strings.
 */
export function copyQuery(
  query: string,
  columns: readonly Column[],
  target: CopyTarget,
): { text: string; prefixBytes: number } {
  const head = `COPY (${projection(columns, target.format)}`
  const names = distinctNames(columns.map(column => column.name)).map(name => sql.identifier(name))
  const isWrapped = head !== 'COPY ('
  // The line end keeps a comment at the end of the query from swallowing the parenthesis.
  const tail = isWrapped ? `\n) AS ferry_result(${names.join(', ')}))` : '\n)'
  const options = `TO ${sql.literal(target.path)} (${OPTIONS[target.format]})`
  return { text: `${head}${query}${tail} ${options}`, prefixBytes: Buffer.byteLength(head) }
}

/** Empty when the result can be written as it is. */
function projection(columns: readonly Column[], format: CopyTarget['format']): string {
  if (format !== 'json' && format !== 'parquet') return ''
  const names = distinctNames(columns.map(column => column.name))
  const isFloat = ({ type }: Column): boolean => type === 'FLOAT' || type === 'DOUBLE'
  const isDistinct = names.every((name, index) => name === columns[index]?.name)
  if (isDistinct && (format === 'parquet' || !columns.some(isFloat))) return ''
  const expressions = columns.map((column, index) => {
    const name = sql.identifier(names[index] ?? column.name)
    return format === 'json' && isFloat(column) ? floatAsJson(name) : name
  })
  return `SELECT ${expressions.join(', ')} FROM (`
}

function floatAsJson(name: string): string {
  return `CASE WHEN isnan(${name}) THEN '"NaN"'::JSON
    WHEN isinf(${name}) THEN if(${name} > 0, '"Infinity"', '"-Infinity"')::JSON
    ELSE to_json(${name}) END AS ${name}`
}

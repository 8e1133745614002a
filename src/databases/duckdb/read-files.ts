import type { TableColumn } from '../../formats/column-type.ts'
import type { LoadFiles } from '../loading.ts'
import { columnTypes } from './column-types.ts'
import { sql } from './sql.ts'

/**
 * A query of the files' rows, by DuckDB's own readers, with the columns' types. Parts are read in
 * the order in which they are listed, and rows keep their order.
 */
export function readFiles(files: LoadFiles, columns: readonly TableColumn[]): string {
  const inFiles = new Set(files.columns)
  const select = columns.map(column => {
    const name = sql.identifier(column.name)
    const type = columnTypes.write(column.type)
    if (!inFiles.has(column.name)) return `CAST(NULL AS ${type}) AS ${name}`
    const value = files.format === 'parquet' ? `CAST(${name} AS ${type})` : fromText(column)
    return value === name ? name : `${value} AS ${name}`
  })
  return `SELECT ${select.join(', ')}\nFROM ${reader(files, columns)}`
}

function reader(files: LoadFiles, columns: readonly TableColumn[]): string {
  const paths = `[${files.parts.map(part => sql.literal(withoutGlobs(part.path ?? part.url))).join(', ')}]`
  if (files.format === 'parquet') return `read_parquet(${paths})`
  const types = new Map(columns.map(column => [column.name, readAs(column)]))
  const fields = files.columns.map(name => {
    return `${sql.literal(name)}: ${sql.literal(types.get(name) ?? 'VARCHAR')}`
  })
  const compression = `compression = '${files.compression}'`
  const given = `columns = {${fields.join(', ')}}, ${compression}`
  if (files.format === 'jsonl') {
    return `read_json(${paths}, ${given}, format = 'newline_delimited', maximum_object_size = ${MAX_ROW_BYTES})`
  }
  // What is told need not be guessed: a guess looks at the first rows only.
  const dialect = `auto_detect = false, header = true, delim = ',', quote = '"', escape = '"', new_line = '\\n'`
  const nulls = `nullstr = '', allow_quoted_nulls = false`
  const longest = Math.max(MAX_ROW_BYTES, (files.longestRowBytes ?? 0) + 1)
  const buffers = `max_line_size = ${longest}, buffer_size = ${Math.max(BUFFER_BYTES, longest)}`
  return `read_csv(${paths}, ${given}, ${dialect}, ${nulls}, ${buffers})`
}

/** Of one row, unless it is known to be longer. */
const MAX_ROW_BYTES = 16_777_216
/** DuckDB's own choice, which it would else make sixteen rows long. */
const BUFFER_BYTES = 33_554_432

/**
 * Types that the reader of CSV is not to be trusted with: DATE reads `0044-03-15 BC` as a day after
 * Christ, those with a zone make NULL of what they cannot read (DuckDB 1.5), BLOB is spelled otherwise.
 */
const AS_TEXT = /^DATE$|^BLOB$| WITH TIME ZONE$/

/** The type by which the reader takes a field of text. */
function readAs(column: TableColumn): string {
  const type = columnTypes.write(column.type)
  return AS_TEXT.test(type) ? 'VARCHAR' : type
}

function fromText({ name, type }: TableColumn): string {
  const column = sql.identifier(name)
  const native = columnTypes.write(type)
  if (!AS_TEXT.test(native)) return column
  if (type.kind === 'bytes') return `from_hex(substr(${column}, 3))`
  const text = type.kind === 'date' ? `replace(${column}, ' BC', ' (BC)')` : column
  return `CAST(${text} AS ${native})`
}

const withoutGlobs = (path: string): string => path.replaceAll(/[[*?]/g, '[$&]')

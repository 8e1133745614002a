import { join } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import type { ColumnType, TableColumn } from '../../formats/column-type.ts'
import { asDuckdbFailure } from './errors.ts'
import { columnTypes } from './column-types.ts'
import { fingerprint } from './fingerprint.ts'
import { sql } from './sql.ts'

const MEMORY_LIMIT = '512MB'

export interface PlainFiles {
  /** Absolute; all of one shape. */
  readonly paths: readonly string[]
  /** CSV has a header line. */
  readonly format: 'csv' | 'jsonl' | 'parquet'
  /** Of columns whose types are known; the others' are found by looking at all rows. */
  readonly types: Readonly<Record<string, ColumnType>>
}

export interface NormalizedFiles {
  readonly columns: readonly TableColumn[]
  readonly rows: number
  readonly rejected: readonly RejectedLine[]
}

/** A row that could not be read; only CSV has such. */
export interface RejectedLine {
  readonly path: string
  readonly line: number
  readonly column: string
  readonly reason: string
  readonly text: string
}

/**
 * Makes one CSV (zstd, a header line, values as in formats/column-type.ts) of files that anybody may
 * have written, with DuckDB's readers. What does not fit into memory goes to `folder`.
 * @throws FerryError as DuckDB does
 */
export async function normalizeFiles(
  files: PlainFiles,
  { output, folder }: { readonly output: string; readonly folder: string },
): Promise<NormalizedFiles> {
  const instance = await DuckDBInstance.create(':memory:', {
    errors_as_json: 'true',
    memory_limit: MEMORY_LIMIT,
    temp_directory: join(folder, 'spill'),
  })
  try {
    const connection = await instance.connect()
    await connection.run("SET TimeZone = 'UTC'")
    return await normalize(connection, files, output)
  } catch (error) {
    throw asDuckdbFailure(error)
  } finally {
    instance.closeSync()
  }
}

async function normalize(
  connection: DuckDBConnection,
  files: PlainFiles,
  output: string,
): Promise<NormalizedFiles> {
  const found = await describe(connection, reader(files, []))
  const wanted = new Map(
    found.flatMap(({ name }) => {
      const type = files.types[name]
      return type === undefined ? [] : [[name, columnTypes.write(type)] as const]
    }),
  )
  // What the reader of CSV cannot read as a time with a zone it would make NULL (DuckDB 1.5).
  const told = [...wanted].filter(([, native]) => !native.endsWith('WITH TIME ZONE'))
  const from = reader(files, told)
  const read = await describe(connection, from)
  const columns = read.map(({ name, native }): TableColumn => {
    const type = files.types[name] ?? typeOf(native)
    return { name, type, nullable: true, native: wanted.get(name) ?? native }
  })
  const texts = columns.map(column => {
    const text = fingerprint.text({ column, form: column.type })
    return `${text} AS ${sql.identifier(column.name)}`
  })
  const plain = read.map(({ name, native }) => {
    const column = sql.identifier(name)
    const target =
      wanted.get(name) ?? (isNested(native) ? 'JSON' : columnTypes.write(typeOf(native)))
    if (target === native) return column
    const value = isNested(native) ? `to_json(${column})` : column
    return `CAST(${value} AS ${target}) AS ${column}`
  })
  const options = `FORMAT csv, HEADER true, NULLSTR '', DELIMITER ',', COMPRESSION zstd`
  const copied = await connection.runAndReadAll(
    `COPY (SELECT ${texts.join(', ')} FROM (SELECT ${plain.join(', ')} FROM ${from})) TO ${sql.literal(output)} (${options})`,
  )
  return {
    columns,
    rows: Number(copied.getRows()[0]?.[0] ?? 0),
    rejected: files.format === 'csv' ? await readRejected(connection) : [],
  }
}

function reader(
  { paths, format }: PlainFiles,
  known: readonly (readonly [name: string, native: string])[],
): string {
  const list = `[${paths.map(path => sql.literal(path.replaceAll(/[[*?]/g, '[$&]'))).join(', ')}]`
  if (format === 'parquet') return `read_parquet(${list}, union_by_name = true)`
  if (format === 'jsonl') return `read_json(${list}, union_by_name = true, sample_size = -1)`
  const fields = known.map(([name, native]) => `${sql.literal(name)}: ${sql.literal(native)}`)
  const types = known.length === 0 ? '' : `, types = {${fields.join(', ')}}`
  return `read_csv(${list}, header = true, sample_size = -1, nullstr = '', allow_quoted_nulls = false, store_rejects = true${types})`
}

async function describe(
  connection: DuckDBConnection,
  from: string,
): Promise<readonly { readonly name: string; readonly native: string }[]> {
  const found = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${from}`)
  return found
    .getRowsJson()
    .map(([name, native]) => ({ name: asText(name), native: asText(native) }))
}

/** Lists, structs and maps become JSON; what DuckDB alone has (an ENUM) its text. */
function typeOf(native: string): ColumnType {
  if (isNested(native)) return { kind: 'json' }
  const type = columnTypes.read(native) ?? { kind: 'text' }
  return type.kind === 'other' ? { kind: 'text' } : type
}

const isNested = (native: string): boolean => /^(STRUCT|MAP|UNION)\(|\]$/.test(native)

async function readRejected(connection: DuckDBConnection): Promise<readonly RejectedLine[]> {
  const found = await connection.runAndReadAll(
    `SELECT any_value(s.file_path), e.line, any_value(e.column_name), any_value(e.error_message), any_value(e.csv_line)
     FROM reject_errors e JOIN reject_scans s USING (scan_id, file_id)
     WHERE scan_id = (SELECT max(scan_id) FROM reject_errors)
     GROUP BY e.file_id, e.line ORDER BY e.file_id, e.line LIMIT 1000000`,
  )
  return found.getRowsJson().map(([path, line, column, reason, text]) => ({
    path: asText(path),
    line: Number(line),
    column: asText(column),
    reason: asText(reason).split('\n')[0] ?? '',
    text: asText(text),
  }))
}

/** Of a column of texts. */
const asText = (value: unknown): string => (typeof value === 'string' ? value : '')

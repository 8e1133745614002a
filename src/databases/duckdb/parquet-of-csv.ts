import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { DuckDBInstance } from '@duckdb/node-api'
import { asLocalIoError, FerryError } from '../../core/errors.ts'
import type { ExportStream } from '../dialect.ts'
import { distinctNames } from '../distinct-names.ts'
import { sql } from './sql.ts'

const MEMORY_LIMIT = '256MB'
const QUOTE = 34
const NEWLINE = 10
const COMMA = 44
const MIN_BUFFER_BYTES = 4_000_000

/** A column of a Parquet file: its name, and DuckDB's type of it. */
export interface ParquetColumn {
  readonly name: string
  readonly type: string
}

/**
 * Makes Parquet of a result's CSV (without a header line) whose values are spelt as PostgreSQL spells
 * them (bytes are `\\x` and hexadecimal digits). The CSV and the Parquet lie in the system's temporary
 * folder, so memory stays constant. @throws FerryError DATA_INVALID: a value is not of its type
 */
export async function writeParquet(
  fields: readonly ParquetColumn[],
  csv: ExportStream,
  signal: AbortSignal,
): Promise<ExportStream> {
  const folder = await mkdtemp(join(tmpdir(), 'ferry-parquet-'))
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true })
  const path = join(folder, 'result.parquet')
  try {
    const source = join(folder, 'result.csv')
    const rows = new LongestRow()
    const output = createWriteStream(source, { mode: 0o600 })
    await pipeline(Readable.from(rows.watch(csv.bytes)), output, { signal })
    await convert({ source, path, longest: rows }, fields)
    await rm(source)
  } catch (error) {
    await remove()
    signal.throwIfAborted()
    throw asLocalIoError(error, folder)
  }
  async function* bytes(): AsyncGenerator<Uint8Array, void> {
    try {
      for await (const chunk of createReadStream(path)) yield chunk as Buffer // no encoding is set
    } finally {
      await remove()
    }
  }
  return { bytes: bytes(), rows: () => csv.rows() }
}

interface Conversion {
  readonly source: string
  readonly path: string
  readonly longest: LongestRow
}

async function convert(
  { source, path, longest }: Conversion,
  fields: readonly ParquetColumn[],
): Promise<void> {
  if (fields.length === 0) {
    throw new FerryError('SQL_INVALID', 'a result without columns cannot be written as Parquet')
  }
  const names = distinctNames(fields.map(field => field.name))
  const columns = names.map(name => `${sql.literal(name)}: 'VARCHAR'`)
  const values = fields.map((field, index) => {
    const name = sql.identifier(names[index] ?? field.name)
    return `${typed(name, field.type)} AS ${name}`
  })
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: MEMORY_LIMIT,
    temp_directory: `${source}.tmp`,
  })
  try {
    const connection = await instance.connect()
    await connection.run(`SET TimeZone = 'UTC'`)
    await connection.run(
      `COPY (SELECT ${values.join(', ')} FROM read_csv(${sql.literal(source)}, header = false,
         auto_detect = false, delim = ',', quote = '"', escape = '"', nullstr = '',
         allow_quoted_nulls = false, max_line_size = ${longest.bytes},
         buffer_size = ${Math.max(MIN_BUFFER_BYTES, 2 * longest.bytes)}, new_line = '\\n',
         columns = {${columns.join(', ')}}))
       TO ${sql.literal(path)} (FORMAT parquet, COMPRESSION zstd)`,
    )
    connection.disconnectSync()
  } catch (error) {
    if (/Out of Memory/.test(String(error))) {
      const name = names[longest.widestColumn] ?? ''
      const size = `${Math.round(longest.widestBytes / 1_000_000)} MB`
      throw new FerryError(
        'DATA_INVALID',
        `not for Parquet: \`${name}\` holds a value of ${size}`,
        {
          cause: error,
          hint: 'write CSV, or leave the column out',
          details: { column: name },
        },
      )
    }
    const [, reason] = /Conversion Error: (.*)/.exec(String(error)) ?? []
    throw new FerryError('DATA_INVALID', `not for Parquet: ${reason ?? String(error)}`, {
      cause: error,
      hint: 'cast the column to text in the query, or leave the value out',
    })
  } finally {
    instance.closeSync()
  }
}

/** SQL that reads PostgreSQL's text of a value. */
function typed(name: string, type: string): string {
  switch (type) {
    case 'VARCHAR':
      return name
    case 'BLOB': // the other form of bytea_output would be taken for digits
      return `CASE WHEN ${name} IS NULL THEN NULL
        WHEN starts_with(${name}, '\\x') THEN from_hex(substr(${name}, 3))
        ELSE error('Conversion Error: bytea needs bytea_output = hex') END`
    case 'DATE':
    case 'TIMESTAMP':
    case 'TIMESTAMPTZ': // DuckDB wants `0044-03-15 (BC) 12:00:00`, and passes over a BC at the end
      return `CAST(CASE WHEN ends_with(${name}, ' BC')
        THEN regexp_replace(${name}, '^(\\S+)(.*) BC$', '\\1 (BC)\\2') ELSE ${name} END AS ${type})`
    default:
      return `CAST(${name} AS ${type})`
  }
}

/**
 * Finds the longest row on the way: DuckDB's reader has to know how much it must hold at once. And the
 * longest value, to name it where that is too much.
 */
class LongestRow {
  bytes = 1_000
  widestBytes = 0
  widestColumn = 0

  async *watch(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
    let isQuoted = false
    let length = 0
    let column = 0
    let valueFrom = 0
    for await (const chunk of chunks) {
      for (const byte of chunk) {
        length += 1
        if (byte === QUOTE) isQuoted = !isQuoted
        else if ((byte === COMMA || byte === NEWLINE) && !isQuoted) {
          if (length - valueFrom > this.widestBytes) {
            this.widestBytes = length - valueFrom
            this.widestColumn = column
          }
          column += 1
          valueFrom = length
          if (byte === COMMA) continue
          if (length > this.bytes) this.bytes = length
          length = 0
          column = 0
          valueFrom = 0
        }
      }
      yield chunk
    }
  }
}

import { createReadStream } from 'node:fs'
import { FerryError } from '../core/errors.ts'
import type { TableColumn } from '../formats/column-type.ts'

const QUOTE = 0x22
const NEWLINE = 0x0a

/**
 * A CSV file with a header line, as results of models are written, as the bytes of a Parquet file. A
 * column whose type's name says nothing to DuckDB is text. The file lies in the system's temporary
 * folder meanwhile. @throws FerryError DATA_INVALID: a value is not of its type
 */
export async function parquetOfCsv(
  path: string,
  columns: readonly { readonly name: string; readonly type: string }[],
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  const [{ writeParquet }, { columnTypes }] = await Promise.all([
    import('./duckdb/parquet-of-csv.ts'),
    import('./duckdb/column-types.ts'),
  ])
  const fields = columns.map(({ name, type }) => {
    const known = columnTypes.read(type)
    return { name, type: known === undefined ? 'VARCHAR' : columnTypes.write(known) }
  })
  const bytes = withoutHeader(createReadStream(path))
  const { bytes: parquet } = await writeParquet(fields, { bytes, rows: () => null }, signal)
  return parquet
}

/**
 * Rows of a table, as CSV without a header line, as the bytes of a Parquet file, which come when all
 * rows were read. @throws FerryError DATA_INVALID: a value is not of its type, or Parquet cannot hold it
 */
export async function* parquetOfRows(
  columns: readonly TableColumn[],
  rows: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const [{ writeParquet }, { columnTypes }] = await Promise.all([
    import('./duckdb/parquet-of-csv.ts'),
    import('./duckdb/column-types.ts'),
  ])
  const fields = columns.map(({ name, type }) => ({ name, type: columnTypes.write(type) }))
  const { bytes } = await writeParquet(fields, { bytes: rows, rows: () => null }, signal)
  yield* bytes
}

async function* withoutHeader(chunks: AsyncIterable<Buffer>): AsyncGenerator<Uint8Array, void> {
  let isQuoted = false
  let isHeader = true
  for await (const chunk of chunks) {
    if (!isHeader) {
      yield chunk
      continue
    }
    for (const [at, byte] of chunk.entries()) {
      if (byte === QUOTE) isQuoted = !isQuoted
      if (byte !== NEWLINE || isQuoted) continue
      isHeader = false
      yield chunk.subarray(at + 1)
      break
    }
  }
  if (isHeader) throw new FerryError('DATA_INVALID', 'the CSV has no header line')
}

import { readFile } from 'node:fs/promises'
import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import { DuckDBInstance } from '@duckdb/node-api'
import { parquetReadObjects } from 'hyparquet'
import { isoOf, type Row } from './expected-row.ts'

const UNPACK = {
  GZIP: (bytes: Uint8Array) => gunzipSync(bytes),
  ZSTD: (bytes: Uint8Array) => zstdDecompressSync(bytes),
}

/** The rows of a file by DuckDB, without what is NULL; `attributes` parsed, `time` as text. */
export async function rowsByDuckDb(path: string): Promise<Row[]> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  try {
    const reader = await connection.runAndReadAll(
      `SELECT * REPLACE (epoch_us(time) AS time, CAST(attributes AS VARCHAR) AS attributes) FROM read_parquet('${path}', hive_partitioning = false)`,
    )
    return reader.getRowObjects().map(row => plainRow(row))
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

/** The same by hyparquet, which knows nothing of Ferry or DuckDB. */
export async function rowsByHyparquet(path: string): Promise<Row[]> {
  const bytes = await readFile(path)
  const file = new Uint8Array(bytes).buffer
  const rows = await parquetReadObjects({
    file,
    compressors: UNPACK,
    parsers: {
      timestampFromMilliseconds: ms => ms,
      timestampFromMicroseconds: us => us,
      timestampFromNanoseconds: ns => ns,
      dateFromDays: days => days,
      stringFromBytes: text => text && new TextDecoder('utf-8', { ignoreBOM: true }).decode(text),
    },
  })
  return rows.map(row => plainRow(row))
}

function plainRow(row: Readonly<Record<string, unknown>>): Row {
  const plain: Row = {}
  for (const [name, value] of Object.entries(row)) {
    if (value === null || value === undefined) continue
    const number = typeof value === 'bigint' ? Number(value) : value
    if (name === 'time') plain[name] = isoOf(Number(number))
    else if (name === 'attributes' && typeof value === 'string') plain[name] = JSON.parse(value)
    else plain[name] = number
  }
  return plain
}

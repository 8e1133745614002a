import { open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib'
import {
  type AsyncBuffer,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
} from 'hyparquet'
import { FerryError } from '../../core/errors.ts'
import { temporaryName } from '../../core/temporary-name.ts'
import { type ReadRow, rowOf } from '../rows/row.ts'
import { PARSERS, plainJson, readColumns } from './parquet-values.ts'

/** Rows that are held at once. */
const ROWS_AT_ONCE = 4_096

const UNPACK = {
  GZIP: (bytes: Uint8Array) => gunzipSync(bytes),
  ZSTD: (bytes: Uint8Array) => zstdDecompressSync(bytes),
  BROTLI: (bytes: Uint8Array) => brotliDecompressSync(bytes),
}

/**
 * The rows of a Parquet file. It is read from its end: what comes as a stream is put on the disk first,
 * and removed. Values keep all their digits: decimals are read as such, time stamps to the microsecond.
 * @throws FerryError DATA_INVALID
 */
export async function* readParquet(
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<readonly ReadRow[]> {
  const path = temporaryName(join(tmpdir(), 'ferry-pull.parquet'))
  const file = await open(path, 'wx+', 0o600)
  await rm(path) // it lives as long as it is open
  try {
    let byteLength = 0
    for await (const chunk of bytes) {
      await file.writeFile(chunk)
      byteLength += chunk.length
    }
    const slice = async (start: number, end = byteLength): Promise<ArrayBuffer> => {
      const length = (end < 0 ? byteLength + end : end) - start
      const buffer = new ArrayBuffer(length)
      await file.read(new Uint8Array(buffer), 0, length, start)
      return buffer
    }
    yield* rowsOf({ byteLength, slice })
  } finally {
    await file.close()
  }
}

async function* rowsOf(file: AsyncBuffer): AsyncGenerator<readonly ReadRow[]> {
  let metadata: FileMetaData
  try {
    metadata = await parquetMetadataAsync(file)
  } catch (error) {
    throw new FerryError('DATA_INVALID', 'it is no Parquet file, or cut off', { cause: error })
  }
  const columns = readColumns(metadata.schema)
  const rows = Number(metadata.num_rows)
  for (let rowStart = 0; rowStart < rows; rowStart += ROWS_AT_ONCE) {
    const rowEnd = Math.min(rowStart + ROWS_AT_ONCE, rows)
    let objects: Record<string, unknown>[]
    try {
      const options = {
        file,
        metadata,
        rowStart,
        rowEnd,
        compressors: UNPACK,
        utf8: false,
        geoparquet: false,
        parsers: PARSERS,
      }
      objects = await parquetReadObjects(options)
    } catch (error) {
      const why = error instanceof Error ? error.message : ''
      throw new FerryError('DATA_INVALID', `its rows from ${rowStart} on cannot be read: ${why}`, {
        cause: error,
      })
    }
    yield objects.map(object => {
      const members = Object.entries(object).map(([name, value]) => {
        return [name, plainJson(columns.get(name)?.(value) ?? value)]
      })
      return rowOf(Object.fromEntries(members))
    })
  }
}

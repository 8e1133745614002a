import { crc32c } from '@node-rs/crc32'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { parquetOfRows } from '../../src/databases/open-parquet.ts'
import { crc32cHex } from '../../src/formats/checksum.ts'
import type { TableColumn } from '../../src/formats/column-type.ts'
import { csvLine, type Field } from '../../src/formats/csv.ts'
import {
  parseTableManifest,
  type TableDescription,
  type TableManifest,
  tableManifestLines,
} from '../../src/formats/table-manifest.ts'

export interface Handed {
  readonly columns: readonly TableColumn[]
  /** Of each part. */
  readonly parts: readonly (readonly (readonly Field[])[])[]
  readonly table?: Partial<TableDescription['table']>
  readonly delivery?: Partial<TableDescription['delivery']>
  readonly compression?: 'gzip' | 'zstd' | 'none'
  readonly format?: 'csv' | 'parquet'
  /** In place of what the rows would be. */
  readonly text?: (part: string, index: number) => string
}

const PACK = {
  gzip: (text: string) => gzipSync(text),
  zstd: (text: string) => zstdCompressSync(text),
  none: (text: string) => Buffer.from(text),
}

let handed = 0

/** Writes parts and their manifest as a mirror does; returns the manifest. */
export async function hand(directory: string, given: Handed): Promise<TableManifest> {
  const { columns, format = 'csv' } = given
  const compression = format === 'parquet' ? 'none' : (given.compression ?? 'zstd')
  handed += 1
  const table = {
    source: 'production',
    name: 'tasks',
    columns: [...columns],
    key: ['id'],
    ...given.table,
  }
  const date = given.delivery?.date ?? '2026-11-28'
  const parts = []
  for (const [index, rows] of given.parts.entries()) {
    const header = csvLine(
      columns.map(column => column.name),
      ',',
    )
    const lines = rows.map(row => csvLine(row, ',')).join('')
    const plain = `${header}${lines}`
    const bytes =
      format === 'parquet'
        ? await parquetBytes(columns, lines)
        : PACK[compression](given.text?.(plain, index) ?? plain)
    const path = join(directory, `lake/${table.source}.${table.name}-${handed}-${index}.${format}`)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, bytes)
    parts.push({
      url: path,
      bytes: bytes.length,
      crc32c: crc32cHex(crc32c(bytes)),
      rows: rows.length,
    })
  }
  const manifest: TableManifest = {
    parts,
    table,
    delivery: {
      date,
      mode: 'incremental',
      rows: 'changes',
      from: null,
      to: `edge-${handed}`,
      snapshot: null,
      takenAt: new Date(Date.UTC(2026, 10, 28) + handed * 1_000).toISOString(),
      ...given.delivery,
    },
    files: { format, compression },
  }
  const name = join(directory, `intermediate/${date}/mirror/${table.source}.${table.name}`)
  await mkdir(dirname(name), { recursive: true })
  const text = [...tableManifestLines(manifest)].join('')
  await writeFile(name, text)
  return parseTableManifest(text, name)
}

async function parquetBytes(columns: readonly TableColumn[], lines: string): Promise<Buffer> {
  async function* rows(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(lines)
  }
  return await buffer(parquetOfRows(columns, rows(), new AbortController().signal))
}

/** A column by its type's kind, or a whole type. */
export function column(name: string, type: TableColumn['type'] | 'integer' | 'text'): TableColumn {
  const whole =
    type === 'integer'
      ? ({ kind: 'integer', bits: 64 } as const)
      : type === 'text'
        ? ({ kind: 'text' } as const)
        : type
  return { name, type: whole, nullable: true, native: whole.kind }
}

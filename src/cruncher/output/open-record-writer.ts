import type { Compression } from '../../formats/compression.ts'
import { COMPRESSED_SUFFIX } from '../../formats/compression.ts'
import { CsvFields } from './csv-field.ts'
import { CsvRows } from './csv-rows.ts'
import { JsonRows } from './json-rows.ts'
import { OutputFiles } from './output-files.ts'
import { blockPacker } from './pack-block.ts'
import { ParquetWriter } from './parquet/parquet-writer.ts'
import type { PartitionField } from './partition-key.ts'
import { Partitions } from './partitions.ts'
import type { RecordWriter } from './record-writer.ts'
import type { RowEncoder } from './row-encoder.ts'
import { RowWriter } from './row-writer.ts'

export const OUTPUT_FORMATS = ['parquet', 'jsonl', 'csv'] as const
export type OutputFormat = (typeof OUTPUT_FORMATS)[number]

export interface RecordWriterOptions {
  readonly format: OutputFormat
  /** Of the files; in Parquet, of the pages. */
  readonly compression?: Compression | undefined
  /** From 1; the fastest unless given. */
  readonly level?: number | undefined
  /** None: all records go to one file. */
  readonly partitionBy: readonly PartitionField[]
  /** Made when it is not there. */
  readonly directory: string
  /** Without a suffix: `outputSuffix` is put behind it. */
  readonly fileName: string
  /** Of CSV: one character of ASCII; a comma unless given. */
  readonly separator?: string | undefined
  readonly routeName: (id: number) => string
  /** As it is shown in `source_file`. */
  readonly sourceFile: string
  /** What waits in memory at most, in bytes (64 MB unless given). */
  readonly maxBytes?: number | undefined
}

const DEFAULT_MAX_BYTES = 64 * 1_048_576

/** What the names of files end in: `.jsonl.zst`. */
export function outputSuffix(format: OutputFormat, compression: Compression | undefined): string {
  if (format === 'parquet' || compression === undefined) return `.${format}`
  return `.${format}${COMPRESSED_SUFFIX[compression]}`
}

/** @throws FerryError CONFIG_INVALID (the separator) */
export function openRecordWriter(options: RecordWriterOptions): RecordWriter {
  const { format, compression, level, directory, fileName, maxBytes = DEFAULT_MAX_BYTES } = options
  const files = new OutputFiles(directory, `${fileName}${outputSuffix(format, compression)}`)
  const partitions = new Partitions(options.partitionBy, options.routeName)
  const packing = compression === undefined ? undefined : { compression, level }
  if (format === 'parquet') {
    return new ParquetWriter({ texts: options, packing, partitions, files, directory, maxBytes })
  }
  const encoder = rowEncoder(options)
  return new RowWriter({ encoder, pack: blockPacker(packing), partitions, files, maxBytes })
}

function rowEncoder(options: RecordWriterOptions): RowEncoder {
  if (options.format === 'jsonl') return new JsonRows(options)
  return new CsvRows(options, new CsvFields(options.separator ?? ','))
}

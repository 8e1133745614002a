import { join } from 'node:path'
import { temporaryName } from '../../../core/temporary-name.ts'
import type { Packing } from '../../../formats/compression.ts'
import type { LogRecord } from '../../record.ts'
import { ByteSink } from '../byte-sink.ts'
import type { OutputFile, OutputFiles } from '../output-files.ts'
import type { Partition, Partitions } from '../partitions.ts'
import type { RecordWriter } from '../record-writer.ts'
import type { RowTexts } from '../row-encoder.ts'
import { FooterSpill } from './footer-spill.ts'
import { pagePacker } from './page-packer.ts'
import { RecordColumns } from './record-columns.ts'
import { RowGroups } from './row-group.ts'
import { putSchema, SCHEMA_ELEMENTS } from './schema.ts'
import { THRIFT_KIND, ThriftWriter } from './thrift-writer.ts'

const MAGIC = Buffer.from('PAR1', 'latin1')
const VERSION = 2
const MOST_ROWS = 131_072
const MOST_TEXT_BYTES = 32 * 1_048_576
const FIRST_BYTES = 1_048_576
/** Beyond this the room that a group took is given back. */
const KEPT_BYTES = 16 * 1_048_576

export interface ParquetWriterParts {
  readonly texts: RowTexts
  readonly packing: Packing | undefined
  readonly partitions: Partitions
  readonly files: OutputFiles
  readonly directory: string
  readonly maxBytes: number
}

/**
 * Writes Parquet. Records of all partitions are gathered in one batch of columns; when it has enough rows
 * or bytes those of each partition become a group of rows of its file. All of it is done at once, in the
 * calling thread, as in `RowWriter`.
 */
export class ParquetWriter implements RecordWriter {
  readonly #parts: ParquetWriterParts
  readonly #mostTextBytes: number
  readonly #columns: RecordColumns
  readonly #groups: RowGroups
  readonly #footers: FooterSpill
  /** By row: its partition. */
  readonly #rowPartition = new Int32Array(MOST_ROWS)
  readonly #order = new Int32Array(MOST_ROWS)
  #file = new ByteSink(FIRST_BYTES)
  readonly #footer = new ByteSink(4_096)

  constructor(parts: ParquetWriterParts) {
    this.#parts = parts
    this.#mostTextBytes = Math.min(MOST_TEXT_BYTES, parts.maxBytes / 2)
    this.#columns = new RecordColumns(parts.texts, MOST_ROWS)
    this.#groups = new RowGroups(this.#columns, pagePacker(parts.packing), MOST_ROWS)
    this.#footers = new FooterSpill(temporaryName(join(parts.directory, 'footers')))
  }

  write(record: LogRecord): void {
    const columns = this.#columns
    const partition = this.#parts.partitions.of(record)
    this.#rowPartition[columns.rows] = partition.id
    partition.rows++
    columns.add(record)
    if (columns.rows === MOST_ROWS || columns.textBytes >= this.#mostTextBytes) this.#flush()
  }

  ready(): Promise<void> {
    return Promise.resolve()
  }

  async finish(): Promise<readonly OutputFile[]> {
    this.#flush()
    const { files, partitions } = this.#parts
    for (const partition of partitions.all) this.#endFile(partition)
    const written = await files.finish()
    await this.#footers.discard()
    return written
  }

  async abort(): Promise<void> {
    await this.#footers.discard()
    await this.#parts.files.discard()
  }

  #flush(): void {
    const { rows } = this.#columns
    if (rows === 0) return
    for (const { partition, from, count } of this.#sortRows(rows)) {
      this.#putGroup(partition, from, count, count === rows)
    }
    this.#columns.clear()
  }

  /** Puts the rows of each partition together, in their order. */
  *#sortRows(rows: number): Generator<{ partition: Partition; from: number; count: number }> {
    const { all } = this.#parts.partitions
    const places = new Int32Array(all.length + 1)
    for (let row = 0; row < rows; row++) {
      const next = (this.#rowPartition[row] ?? 0) + 1
      places[next] = (places[next] ?? 0) + 1
    }
    for (let id = 1; id < places.length; id++)
      places[id] = (places[id] ?? 0) + (places[id - 1] ?? 0)
    const starts = places.slice()
    for (let row = 0; row < rows; row++) {
      const id = this.#rowPartition[row] ?? 0
      const place = places[id] ?? 0
      this.#order[place] = row
      places[id] = place + 1
    }
    for (const partition of all) {
      const from = starts[partition.id] ?? 0
      const count = (starts[partition.id + 1] ?? 0) - from
      if (count > 0) yield { partition, from, count }
    }
  }

  #putGroup(partition: Partition, from: number, count: number, isWhole: boolean): void {
    const { files } = this.#parts
    const file = this.#file
    const footer = this.#footer
    file.length = 0
    footer.length = 0
    const size = files.size(partition)
    if (size === 0) file.putBytes(MAGIC)
    this.#groups.put({ order: this.#order, from, count, isWhole }, file, footer, size)
    files.append(partition, file.bytes.subarray(0, file.length))
    this.#footers.add(partition, footer.bytes.subarray(0, footer.length))
    if (file.bytes.length > KEPT_BYTES) this.#file = new ByteSink(FIRST_BYTES)
  }

  #endFile(partition: Partition): void {
    const groups = this.#footers.groupsOf(partition)
    const sink = new ByteSink(FIRST_FOOTER_BYTES + groups.bytes.length)
    const thrift = new ThriftWriter(sink)
    thrift.beginElement()
    thrift.int32(1, VERSION)
    thrift.list(2, THRIFT_KIND.struct, SCHEMA_ELEMENTS)
    putSchema(thrift)
    thrift.int64(3, partition.rows)
    thrift.list(4, THRIFT_KIND.struct, groups.count)
    thrift.raw(groups.bytes)
    thrift.binary(6, CREATED_BY)
    thrift.end()
    const length = sink.length
    sink.reserve(4 + MAGIC.length)
    sink.view.setInt32(length, length, true)
    sink.length += 4
    sink.putBytes(MAGIC)
    this.#parts.files.append(partition, sink.bytes.subarray(0, sink.length))
  }
}

const FIRST_FOOTER_BYTES = 2_048
const CREATED_BY = Buffer.from('ferry', 'latin1')

import type { ByteSink } from '../byte-sink.ts'
import { OUTPUT_COLUMNS } from '../columns.ts'
import { type ColumnChunk, putChunk } from './column-chunk.ts'
import type { GroupRows } from './group-rows.ts'
import { NumberChunks } from './number-chunk.ts'
import type { PagePacker } from './page-packer.ts'
import type { RecordColumns } from './record-columns.ts'
import { TextChunks } from './text-chunk.ts'
import { TextColumn } from './text-column.ts'
import { THRIFT_KIND, ThriftWriter } from './thrift-writer.ts'

/** Writes groups of rows, each with all its columns. */
export class RowGroups {
  readonly #packer: PagePacker
  readonly #texts: TextChunks
  readonly #numbers: NumberChunks
  readonly #storage: ReturnType<RecordColumns['storage']>

  constructor(columns: RecordColumns, packer: PagePacker, mostRows: number) {
    this.#packer = packer
    this.#texts = new TextChunks(mostRows)
    this.#numbers = new NumberChunks(mostRows)
    this.#storage = columns.storage()
  }

  /**
   * Puts the pages of a group into `file`, and what readers must know of it into `footer`, as an element of
   * a list. `position`: where in the file the first byte of `file` will be.
   */
  put(rows: GroupRows, file: ByteSink, footer: ByteSink, position: number): void {
    const thrift = new ThriftWriter(footer)
    let unpacked = 0
    let packed = 0
    thrift.beginElement()
    thrift.list(1, THRIFT_KIND.struct, OUTPUT_COLUMNS.length)
    for (const column of OUTPUT_COLUMNS) {
      const chunk = this.#encode(column, rows)
      const size = putChunk(chunk, this.#packer(chunk.data.length), {
        file,
        footer: thrift,
        position,
      })
      unpacked += size.unpacked
      packed += size.packed
    }
    thrift.int64(2, unpacked)
    thrift.int64(3, rows.count)
    thrift.int64(6, packed)
    thrift.end()
  }

  #encode(column: (typeof OUTPUT_COLUMNS)[number], rows: GroupRows): ColumnChunk {
    const storage = this.#storage.get(column.name)
    if (column.kind === 'text' || column.kind === 'json') {
      if (storage instanceof TextColumn) return this.#texts.encode(column, storage, rows)
    } else if (storage instanceof Float64Array) {
      return this.#numbers.encode(column, storage, rows)
    }
    throw new Error(`the column ${column.name} is kept as what it is not`)
  }
}

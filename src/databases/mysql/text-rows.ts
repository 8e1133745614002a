import type { Field } from '../../formats/csv.ts'
import { NULL_VALUE, PacketCursor, type WireColumn } from './packets.ts'
import type { RowSink } from './result.ts'
import { readerOf } from './value-reader.ts'

const BATCH_BYTES = 1_000_000
const MAX_ROWS = 4_096

/** Gathers rows as text, field by field. */
export class TextRows implements RowSink<readonly (readonly Field[])[]> {
  readonly long = undefined
  readonly #readers: readonly ReturnType<typeof readerOf>[]
  #rows: Field[][] = []
  #bytes = 0

  constructor(columns: readonly WireColumn[]) {
    this.#readers = columns.map(readerOf)
  }

  get isFull(): boolean {
    return this.#rows.length >= MAX_ROWS || this.#bytes >= BATCH_BYTES
  }

  add(buffer: Buffer, start: number, end: number): void {
    const cursor = new PacketCursor(buffer, start)
    this.#rows.push(
      this.#readers.map(reader => {
        if (buffer[cursor.at] === NULL_VALUE) {
          cursor.at += 1
          return null
        }
        const bytes = cursor.length()
        cursor.at += bytes
        return reader.convert(buffer, cursor.at - bytes, cursor.at)
      }),
    )
    this.#bytes += end - start
  }

  take(): readonly (readonly Field[])[] | undefined {
    if (this.#rows.length === 0) return undefined
    const rows = this.#rows
    this.#rows = []
    this.#bytes = 0
    return rows
  }
}

import { ByteReader, MoreBytesNeeded } from './bytes.ts'
import { Fault } from './fault.ts'
import { readTypeInfo, type ReadValue } from './incoming-values.ts'

const COLUMN_METADATA = 0x81
const ROW = 0xd1
const DONE = 0xfd

/** Cuts the message of a bulk load, however it comes in pieces, into rows of texts. */
export class BulkRows {
  #pieces: Buffer[] = []
  #length = 0
  #tryAt = 0
  #columns: readonly ReadValue[] | undefined
  #isDone = false

  /** The rows that have come whole. @throws Fault 4804 when it is no bulk load */
  push(piece: Buffer): readonly (readonly (string | null)[])[] {
    this.#pieces.push(piece)
    this.#length += piece.length
    if (this.#length < this.#tryAt) return [] // a long value: not looked at again for each packet
    const reader = new ByteReader(Buffer.concat(this.#pieces))
    const rows: (readonly (string | null)[])[] = []
    let whole = 0
    try {
      while (!reader.isAtEnd) {
        const row = this.#next(reader)
        if (row !== undefined) rows.push(row)
        whole = reader.at
      }
    } catch (error) {
      if (!(error instanceof MoreBytesNeeded)) throw error
    }
    const rest = reader.buffer.subarray(whole)
    this.#pieces = [rest]
    this.#length = rest.length
    this.#tryAt = rest.length * 2
    return rows
  }

  /** What is left when the message has ended. @throws Fault 4804 when that is no whole row */
  end(): readonly (readonly (string | null)[])[] {
    this.#tryAt = 0
    const rows = this.push(Buffer.alloc(0))
    if (this.#length > 0 || this.#columns === undefined) throw new Fault(4804, 'a row is cut off')
    return rows
  }

  #next(reader: ByteReader): readonly (string | null)[] | undefined {
    const token = reader.u8()
    if (token === COLUMN_METADATA && this.#columns === undefined) {
      this.#columns = Array.from({ length: reader.u16() }, () => {
        reader.bytes(6)
        const read = readTypeInfo(reader, true)
        reader.shortText()
        return read
      })
      return undefined
    }
    if (token === ROW && this.#columns !== undefined && !this.#isDone) {
      return this.#columns.map(read => read(reader))
    }
    if (token !== DONE) throw new Fault(4804, `token 0x${token.toString(16)} in a bulk load`)
    reader.bytes(12)
    this.#isDone = true
    return undefined
  }
}

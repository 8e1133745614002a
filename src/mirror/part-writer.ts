import type { RowPiece } from '../databases/source.ts'
import type { TableColumn } from '../formats/column-type.ts'
import { COMPRESSED_SUFFIX } from '../formats/compression.ts'
import { csvLine } from '../formats/csv.ts'
import type { ManifestPart } from '../formats/manifest.ts'
import { OpenPart, type PartsPlace } from './open-part.ts'

export interface PartsShape {
  readonly place: PartsPlace
  /** What the rows hold, in the order of their fields. */
  readonly columns: readonly TableColumn[]
  /** Compressed, about: a part ends with the row that takes it there. */
  readonly partBytes: number
}

/** Filled while others are compressed. */
const BLOCK_BYTES = 524_288
const BLOCKS = 3

/**
 * Cuts CSV rows into parts, `PREFIX-00001.csv.zst` and so on. Rows are never looked into: where they
 * end is told by who reads them. Memory is that of a few blocks, and of what is being sent.
 */
export class PartWriter {
  readonly #shape: PartsShape
  readonly #prefix: string
  readonly #blocks = Array.from({ length: BLOCKS }, () => Buffer.allocUnsafeSlow(BLOCK_BYTES))
  /** Resolve when a block can be filled again. */
  readonly #free: Promise<void>[] = this.#blocks.map(() => Promise.resolve())
  readonly #ended: Promise<ManifestPart>[] = []
  #at = 0
  #filled = 0
  #part: OpenPart | undefined

  constructor(shape: PartsShape, prefix: string) {
    this.#shape = shape
    this.#prefix = prefix
  }

  /** Takes some rows, or the inside of one. @throws FerryError as the store does */
  async add({ bytes, rows }: RowPiece): Promise<void> {
    const part = this.#part ?? (await this.#begin())
    await this.#fill(part, bytes)
    part.rows += rows
    if (rows > 0 && part.bytes >= this.#shape.partBytes) await this.#end(part)
  }

  /** The parts, when the store has all of them. */
  async finish(): Promise<readonly ManifestPart[]> {
    if (this.#part !== undefined) await this.#end(this.#part)
    return await Promise.all(this.#ended)
  }

  /** Ends what is under way; parts that were complete stay, to be swept. */
  async giveUp(): Promise<void> {
    await Promise.allSettled([this.#part?.giveUp(), ...this.#free, ...this.#ended])
  }

  async #begin(): Promise<OpenPart> {
    const { place, columns } = this.#shape
    const number = String(this.#ended.length + 1).padStart(5, '0')
    const name = `${this.#prefix}-${number}.${suffixOf(place)}`
    const part = new OpenPart(place, name, columns)
    this.#part = part
    if (!place.isParquet) {
      const header = csvLine(
        columns.map(column => column.name),
        ',',
      )
      await this.#fill(part, Buffer.from(header))
    }
    return part
  }

  async #fill(part: OpenPart, bytes: Uint8Array): Promise<void> {
    for (let taken = 0; taken < bytes.length; ) {
      const block = this.#blocks[this.#at] ?? Buffer.alloc(0)
      if (this.#filled === 0) await this.#free[this.#at]
      const piece = bytes.subarray(taken, taken + block.length - this.#filled)
      block.set(piece, this.#filled)
      this.#filled += piece.length
      taken += piece.length
      if (this.#filled === block.length) this.#hand(part)
    }
  }

  #hand(part: OpenPart): void {
    if (this.#filled === 0) return
    const taken = part.take(this.#blocks[this.#at]?.subarray(0, this.#filled) ?? Buffer.alloc(0))
    taken.catch(() => {}) // thrown where the block is wanted again, or at the part's end
    this.#free[this.#at] = taken
    this.#at = (this.#at + 1) % BLOCKS
    this.#filled = 0
  }

  async #end(part: OpenPart): Promise<void> {
    this.#hand(part)
    this.#part = undefined
    const ended = part.end()
    ended.catch(() => {}) // thrown by `finish`, or when the next part ends
    await this.#ended.at(-1)
    this.#ended.push(ended)
  }
}

function suffixOf({ isParquet, compress }: PartsPlace): string {
  if (isParquet) return 'parquet'
  return compress === 'none' ? 'csv' : `csv${COMPRESSED_SUFFIX[compress]}`
}

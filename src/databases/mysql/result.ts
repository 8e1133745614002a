import { FerryError } from '../../core/errors.ts'
import {
  END,
  FAILURE,
  LOCAL_FILE,
  LONGEST_END_BYTES,
  OK,
  type Outcome,
  PacketCursor,
  parseColumn,
  parseEnd,
  parseFailure,
  parseOk,
  type WireColumn,
} from './packets.ts'
import type { Wire } from './wire.ts'

/** Gathers rows, and gives them out in pieces worth passing on. */
export interface RowSink<Piece> {
  /** One row: bytes `start` to `end` of `buffer`, which are overwritten after. */
  add(buffer: Buffer, start: number, end: number): void
  /** Whether a piece is worth taking. */
  readonly isFull: boolean
  /** What was gathered, or undefined when there is nothing. */
  take(): Piece | undefined
}

/** The answer to one statement, as its packets come. Nothing else may be asked until it has ended. */
export class Result {
  readonly #wire: Wire
  readonly #columns: readonly WireColumn[]
  #outcome: Outcome | undefined
  #rows = 0

  private constructor(wire: Wire, columns: readonly WireColumn[], outcome: Outcome | undefined) {
    this.#wire = wire
    this.#columns = columns
    this.#outcome = outcome
  }

  /** Reads the answer up to its first row. @throws ServerFailure, and Error: the connection is lost */
  static async read(wire: Wire): Promise<Result> {
    await wire.next()
    const first = wire.buffer.readUInt8(wire.start)
    if (first === FAILURE) throw parseFailure(wire.buffer, wire.start, wire.end)
    if (first === OK) return new Result(wire, [], parseOk(wire.buffer, wire.start))
    if (first === LOCAL_FILE) {
      wire.close(false) // it must not go on to believe that it gets the file
      throw new FerryError('SQL_INVALID', 'the server asks for a file of this machine', {
        hint: 'LOAD DATA LOCAL is not for Ferry',
      })
    }
    const count = new PacketCursor(wire.buffer, wire.start).length()
    return new Result(wire, await readColumns(wire, count), undefined)
  }

  /** Empty when the statement has no result set. */
  get columns(): readonly WireColumn[] {
    return this.#columns
  }

  get hasEnded(): boolean {
    return this.#outcome !== undefined
  }

  /** Known when the result has ended. */
  get outcome(): Outcome {
    return this.#outcome ?? { affectedRows: 0, hasMore: false }
  }

  /** Rows that were read. */
  get rows(): number {
    return this.#rows
  }

  /** Reads the rows through a sink. @throws ServerFailure, and Error: the connection is lost */
  async *pieces<Piece>(sink: RowSink<Piece>): AsyncGenerator<Piece, void> {
    while (!this.hasEnded) {
      this.#addArrived(sink)
      if (sink.isFull || this.hasEnded) {
        const piece = sink.take()
        if (piece !== undefined) yield piece
      } else await this.#wire.more()
    }
  }

  /** Reads what is left, for nobody. */
  async drain(): Promise<void> {
    for await (const _ of this.pieces(NOBODY));
  }

  #addArrived(sink: RowSink<unknown>): void {
    const wire = this.#wire
    while (!sink.isFull && wire.advance()) {
      const { buffer, start, end } = wire
      const first = buffer[start]
      if (first === END && end - start <= LONGEST_END_BYTES) {
        this.#outcome = parseEnd(buffer, start)
        return
      }
      if (first === FAILURE) {
        this.#outcome = { affectedRows: 0, hasMore: false }
        throw parseFailure(buffer, start, end)
      }
      sink.add(buffer, start, end)
      this.#rows += 1
    }
  }
}

const NOBODY: RowSink<never> = { add: () => undefined, isFull: false, take: () => undefined }

/** Descriptions of columns, and the packet that ends them. */
export async function readColumns(wire: Wire, count: number): Promise<readonly WireColumn[]> {
  const columns: WireColumn[] = []
  if (count === 0) return columns
  for (let index = 0; index < count; index += 1) {
    await wire.next()
    columns.push(parseColumn(wire.buffer, wire.start, wire.end))
  }
  await wire.next()
  return columns
}

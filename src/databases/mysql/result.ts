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
  /** How a row that is too long to be held is gathered; undefined: all rows are held whole. */
  readonly long: LongRows<Piece> | undefined
}

/** Rows that pass while they come, one at a time. */
export interface LongRows<Piece> {
  begin(): LongRow<Buffer>
  /** Bytes of a row; `isEnd`: its last. */
  piece(bytes: Buffer, isEnd: boolean): Piece
}

export interface LongRow<Bytes> {
  /** Takes the next bytes, which are overwritten after; returns what came out of them. */
  add(bytes: Buffer): Bytes
  end(): Bytes
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
    for await (const _ of this.#wire.longPacket()); // of a row that was given up within it
    while (!this.hasEnded) {
      const isLong = this.#addArrived(sink)
      if (sink.isFull || this.hasEnded || isLong) {
        const piece = sink.take()
        if (piece !== undefined) yield piece
      } else await this.#wire.more()
      if (isLong && sink.long !== undefined) yield* this.#longRow(sink.long)
    }
  }

  /** Reads what is left, for nobody. */
  async drain(): Promise<void> {
    for await (const _ of this.pieces(NO_ROWS));
  }

  async *#longRow<Piece>(rows: LongRows<Piece>): AsyncGenerator<Piece, void> {
    const row = rows.begin()
    this.#wire.beginLong()
    for await (const bytes of this.#wire.longPacket()) {
      const out = row.add(bytes)
      if (out.length > 0) yield rows.piece(out, false)
    }
    this.#rows += 1
    yield rows.piece(row.end(), true)
  }

  /** Adds rows that have come whole; true: the next one is too long to be held. */
  #addArrived(sink: RowSink<unknown>): boolean {
    const wire = this.#wire
    const longest = sink.long === undefined ? Number.POSITIVE_INFINITY : LONG_ROW_BYTES
    while (!sink.isFull) {
      if (wire.lengthOfNext() > longest) return true
      if (!wire.advance()) break
      const { buffer, start, end } = wire
      const first = buffer[start]
      if (first === END && end - start <= LONGEST_END_BYTES) {
        this.#outcome = parseEnd(buffer, start)
        return false
      }
      if (first === FAILURE) {
        this.#outcome = { affectedRows: 0, hasMore: false }
        throw parseFailure(buffer, start, end)
      }
      sink.add(buffer, start, end)
      this.#rows += 1
    }
    return false
  }
}

/** Longer rows are passed on while they come. */
const LONG_ROW_BYTES = 1_048_576

export const NO_ROWS: RowSink<never> = {
  add: () => undefined,
  isFull: false,
  take: () => undefined,
  long: undefined,
}

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

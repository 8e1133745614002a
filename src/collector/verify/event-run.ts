import { type FileHandle, open } from 'node:fs/promises'
import { asLocalIoError } from '../../core/errors.ts'
import type { EventFacts } from './event-facts.ts'

/**
 * A run is a temporary file of events in order, each
 *
 *     4 bytes   length of the row
 *     56 bytes  its facts, seven doubles
 *     row       as in formats/event-row.ts
 *
 * little-endian. It is written and read by one process, so nothing in it is checked.
 */
export const RECORD_HEAD_BYTES = 60
const BLOCK_BYTES = 262_144

/** Puts a record at `at`; returns where it ends. */
export function putRecord(target: Buffer, at: number, facts: EventFacts, row: Buffer): number {
  target.writeUInt32LE(row.length, at)
  target.writeDoubleLE(facts.high, at + 4)
  target.writeDoubleLE(facts.middle, at + 12)
  target.writeDoubleLE(facts.low, at + 20)
  target.writeDoubleLE(facts.nr, at + 28)
  target.writeDoubleLE(facts.receivedAtMs, at + 36)
  target.writeDoubleLE(facts.sequence, at + 44)
  target.writeDoubleLE(facts.atMs, at + 52)
  row.copy(target, at + RECORD_HEAD_BYTES)
  return at + RECORD_HEAD_BYTES + row.length
}

function getFacts(record: Buffer): EventFacts {
  return {
    high: record.readDoubleLE(4),
    middle: record.readDoubleLE(12),
    low: record.readDoubleLE(20),
    nr: record.readDoubleLE(28),
    receivedAtMs: record.readDoubleLE(36),
    sequence: record.readDoubleLE(44),
    atMs: record.readDoubleLE(52),
  }
}

/** An event of a run: views that stay as they are. */
export interface RunEvent {
  readonly facts: EventFacts
  readonly row: Buffer
  /** As it lies in the run. */
  readonly record: Buffer
}

/** Writes records to a file, a block at a time. */
export class RunWriter {
  readonly #file: FileHandle
  readonly #path: string
  readonly #block = Buffer.allocUnsafeSlow(BLOCK_BYTES)
  #filled = 0

  private constructor(file: FileHandle, path: string) {
    this.#file = file
    this.#path = path
  }

  /** @throws FerryError LOCAL_IO, DENIED; as all methods */
  static async open(path: string): Promise<RunWriter> {
    return new RunWriter(await local(path, () => open(path, 'wx', 0o600)), path)
  }

  /** Adds a record that lies in `source`; a promise where the block was full. */
  add(source: Buffer, start: number, end: number): Promise<void> | undefined {
    if (this.#filled + end - start <= BLOCK_BYTES) {
      source.copy(this.#block, this.#filled, start, end)
      this.#filled += end - start
      return undefined
    }
    return this.#flush().then(() => {
      if (end - start <= BLOCK_BYTES) return this.add(source, start, end)
      return local(this.#path, () => this.#file.writeFile(source.subarray(start, end)))
    })
  }

  async close(): Promise<void> {
    try {
      await this.#flush()
    } finally {
      await this.#file.close()
    }
  }

  async #flush(): Promise<void> {
    const filled = this.#filled
    this.#filled = 0
    await local(this.#path, () => this.#file.writeFile(this.#block.subarray(0, filled)))
  }
}

/** Reads a run, record by record. */
export class RunReader {
  readonly #file: FileHandle
  readonly #path: string
  #block: Buffer = Buffer.alloc(0)
  #at = 0
  #position = 0

  private constructor(file: FileHandle, path: string) {
    this.#file = file
    this.#path = path
  }

  /** @throws FerryError LOCAL_IO, INPUT_MISSING; as all methods */
  static async open(path: string): Promise<RunReader> {
    return new RunReader(await local(path, () => open(path, 'r')), path)
  }

  /** The next event, as far as it is at hand; where not, `read` brings more. */
  next(): RunEvent | undefined {
    const start = this.#at
    if (this.#block.length - start < RECORD_HEAD_BYTES) return undefined
    const end = start + RECORD_HEAD_BYTES + this.#block.readUInt32LE(start)
    if (end > this.#block.length) return undefined
    this.#at = end
    const record = this.#block.subarray(start, end)
    return { facts: getFacts(record), row: record.subarray(RECORD_HEAD_BYTES), record }
  }

  /** Brings more, and the next event; undefined at the end. */
  async read(): Promise<RunEvent | undefined> {
    const rest = this.#block.subarray(this.#at)
    const needed = rest.length < RECORD_HEAD_BYTES ? 0 : RECORD_HEAD_BYTES + rest.readUInt32LE(0)
    // A new one each time: events that were given out lie in the old one.
    const block = Buffer.allocUnsafeSlow(Math.max(BLOCK_BYTES, needed))
    let filled = rest.copy(block)
    while (filled < block.length) {
      const room = block.length - filled
      const position = this.#position
      const { bytesRead } = await local(this.#path, () =>
        this.#file.read(block, filled, room, position),
      )
      if (bytesRead === 0) break
      filled += bytesRead
      this.#position += bytesRead
    }
    this.#block = block.subarray(0, filled)
    this.#at = 0
    return this.next()
  }

  async close(): Promise<void> {
    await this.#file.close()
  }
}

async function local<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    throw asLocalIoError(error, path)
  }
}

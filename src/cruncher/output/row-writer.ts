import type { LogRecord } from '../record.ts'
import { ByteSink } from './byte-sink.ts'
import type { OutputFile, OutputFiles } from './output-files.ts'
import type { PackBlock } from './pack-block.ts'
import type { Partitions } from './partitions.ts'
import type { RecordWriter } from './record-writer.ts'
import { RowBatch } from './row-batch.ts'
import type { RowEncoder } from './row-encoder.ts'

/** What is packed at once. */
const BLOCK_BYTES = 1_048_576
/** For the row that goes over the edge of a block. */
const SPARE_BYTES = 65_536

export interface RowWriterParts {
  readonly encoder: RowEncoder
  readonly pack: PackBlock
  readonly partitions: Partitions
  readonly files: OutputFiles
  readonly maxBytes: number
}

/**
 * Writes rows of text. They are gathered in chunks as they come, whatever their partition; a batch is full
 * when it has a block for each of its partitions, or half of the memory. Then the rows of each partition
 * are packed and appended, while the next batch is filled.
 */
export class RowWriter implements RecordWriter {
  readonly #parts: RowWriterParts
  readonly #spare: ByteSink[] = []
  #batch = new RowBatch()
  #chunk = new ByteSink(BLOCK_BYTES + SPARE_BYTES)
  #batchBytes = 0
  /** Of batches that are not written yet. */
  #waitingBytes = 0
  #written: Promise<void> = Promise.resolve()
  #error: unknown

  constructor(parts: RowWriterParts) {
    this.#parts = parts
    this.#batch.chunks.push(this.#chunk)
  }

  write(record: LogRecord): boolean {
    const { encoder, partitions } = this.#parts
    const partition = partitions.of(record)
    const most = encoder.mostBytes(record)
    if (most > this.#chunk.room) this.#closeChunk(most)
    const chunk = this.#chunk
    const from = chunk.length
    encoder.put(chunk, record)
    partition.rows++
    this.#batch.add(partition, chunk, from)
    if (chunk.length >= BLOCK_BYTES) this.#closeChunk(0)
    return this.#hasRoom
  }

  async ready(): Promise<void> {
    while (!this.#hasRoom && this.#error === undefined) await this.#written
    this.#throwError()
  }

  async finish(): Promise<readonly OutputFile[]> {
    this.#batchBytes += this.#chunk.length
    this.#flushBatch()
    await this.#written
    this.#throwError()
    return this.#parts.files.finish()
  }

  async abort(): Promise<void> {
    this.#error ??= new Error('the output was given up')
    await this.#written
    await this.#parts.files.discard()
  }

  get #hasRoom(): boolean {
    return this.#waitingBytes < this.#parts.maxBytes / 2
  }

  #throwError(): void {
    if (this.#error !== undefined) throw this.#error
  }

  /** The next record gets a chunk with room for it. */
  #closeChunk(room: number): void {
    this.#batchBytes += this.#chunk.length
    const enough = Math.min(BLOCK_BYTES * this.#batch.partitions, this.#parts.maxBytes / 2)
    if (this.#batchBytes >= enough) this.#flushBatch()
    this.#chunk = this.#takeChunk(room)
    this.#batch.chunks.push(this.#chunk)
  }

  #takeChunk(room: number): ByteSink {
    if (room > BLOCK_BYTES + SPARE_BYTES) return new ByteSink(room)
    return this.#spare.pop() ?? new ByteSink(BLOCK_BYTES + SPARE_BYTES)
  }

  #flushBatch(): void {
    const batch = this.#batch
    const bytes = this.#batchBytes
    this.#batch = new RowBatch()
    this.#batchBytes = 0
    this.#waitingBytes += bytes
    this.#written = this.#writeAfter(this.#written, batch, bytes)
  }

  /** Never rejects: the error is kept for who waits. */
  async #writeAfter(before: Promise<void>, batch: RowBatch, bytes: number): Promise<void> {
    await before
    try {
      if (this.#error === undefined) await this.#writeBatch(batch)
    } catch (error) {
      this.#error ??= error
    }
    this.#waitingBytes -= bytes
    for (const chunk of batch.chunks) this.#reuse(chunk)
  }

  async #writeBatch(batch: RowBatch): Promise<void> {
    const { pack, files } = this.#parts
    for (const { partition, block } of batch.blocks(BLOCK_BYTES)) {
      files.append(partition, await pack(block))
      if (this.#error !== undefined) return
    }
  }

  #reuse(chunk: ByteSink): void {
    if (chunk.bytes.length > 2 * BLOCK_BYTES) return
    chunk.length = 0
    this.#spare.push(chunk)
  }
}

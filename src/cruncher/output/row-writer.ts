import type { LogRecord } from '../record.ts'
import { ByteSink } from './byte-sink.ts'
import type { OutputFile, OutputFiles } from './output-files.ts'
import type { PackBlock } from './pack-block.ts'
import type { Partitions } from './partitions.ts'
import type { RecordWriter } from './record-writer.ts'
import { RowBatch } from './row-batch.ts'
import type { RowEncoder } from './row-encoder.ts'

/** What is packed at once: it fits into a processor's cache, and is as much as zstd looks back. */
const BLOCK_BYTES = 524_288
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
 * when it has a block for each of its partitions, or half of the memory: where rows are takes some too. Then the rows of each
 * partition are packed and appended. All of it is done at once, in the calling thread: packing in another
 * costs more of the processors, and other inputs have other workers.
 */
export class RowWriter implements RecordWriter {
  readonly #parts: RowWriterParts
  readonly #spare: ByteSink[] = []
  #batch = new RowBatch()
  #chunk = new ByteSink(BLOCK_BYTES + SPARE_BYTES)
  #batchBytes = 0

  constructor(parts: RowWriterParts) {
    this.#parts = parts
  }

  write(record: LogRecord): void {
    const { encoder, partitions } = this.#parts
    const partition = partitions.of(record)
    const chunk = this.#chunk
    const from = chunk.length
    encoder.put(chunk, record)
    partition.rows++
    this.#batch.add(partition, chunk, from)
    if (chunk.length >= BLOCK_BYTES) this.#closeChunk()
  }

  ready(): Promise<void> {
    return Promise.resolve()
  }

  async finish(): Promise<readonly OutputFile[]> {
    this.#batch.chunks.push(this.#chunk)
    this.#writeBatch()
    return this.#parts.files.finish()
  }

  abort(): Promise<void> {
    return this.#parts.files.discard()
  }

  /** The next record gets another chunk. */
  #closeChunk(): void {
    this.#batch.chunks.push(this.#chunk)
    this.#batchBytes += this.#chunk.length
    const enough = Math.min(BLOCK_BYTES * this.#batch.partitions, this.#parts.maxBytes / 2)
    if (this.#batchBytes >= enough) this.#writeBatch()
    this.#chunk = this.#spare.pop() ?? new ByteSink(BLOCK_BYTES + SPARE_BYTES)
  }

  #writeBatch(): void {
    const { pack, files } = this.#parts
    const batch = this.#batch
    this.#batch = new RowBatch()
    this.#batchBytes = 0
    for (const { partition, block } of batch.blocks(BLOCK_BYTES)) {
      files.append(partition, pack(block))
    }
    for (const chunk of batch.chunks) {
      if (chunk.bytes.length > 2 * BLOCK_BYTES) continue // it had to grow for a long row
      chunk.length = 0
      this.#spare.push(chunk)
    }
  }
}

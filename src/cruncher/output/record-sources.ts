import type { LogRecord } from '../record.ts'
import { ByteSource } from './byte-sink.ts'

/** The buffers of a record as they are read here; views of them are made once and kept. */
export class RecordSources {
  readonly #sources: ByteSource[] = []

  /** Must be called for each record before its texts are read. */
  load(record: LogRecord): void {
    const { buffers } = record
    for (let i = 0; i < buffers.length; i++) {
      const buffer = buffers[i]
      if (buffer === undefined || this.#sources[i]?.bytes === buffer) continue
      this.#sources[i] = new ByteSource(buffer)
    }
  }

  at(number: number | undefined): ByteSource {
    return this.#sources[number ?? 0] ?? EMPTY
  }
}

const EMPTY = new ByteSource(Buffer.alloc(0))

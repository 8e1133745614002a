import type { LogRecord } from '../record.ts'
import { ByteSource } from './byte-sink.ts'

/** Of buffers that come again: what two or three records in turn made of their own. */
const MAX_KEPT = 8

/** The buffers of a record as they are read here; views of them are made once and kept. */
export class RecordSources {
  readonly #sources: ByteSource[] = []
  readonly #kept: ByteSource[] = []
  #next = 0

  /** Must be called for each record before its texts are read. */
  load(record: LogRecord): void {
    const { buffers } = record
    for (let i = 0; i < buffers.length; i++) {
      const buffer = buffers[i]
      if (buffer === undefined || this.#sources[i]?.bytes === buffer) continue
      this.#sources[i] = this.#sourceOf(buffer)
    }
  }

  #sourceOf(buffer: Buffer): ByteSource {
    for (let i = 0; i < this.#kept.length; i++) {
      const kept = this.#kept[i]
      if (kept?.bytes === buffer) return kept
    }
    const source = new ByteSource(buffer)
    this.#kept[this.#next] = source
    this.#next = (this.#next + 1) % MAX_KEPT
    return source
  }

  at(number: number | undefined): ByteSource {
    return this.#sources[number ?? 0] ?? EMPTY
  }
}

const EMPTY = new ByteSource(Buffer.alloc(0))

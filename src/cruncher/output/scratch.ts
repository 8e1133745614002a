import { ByteSink, ByteSource } from './byte-sink.ts'

const FIRST_BYTES = 16_384
/** A larger room is given back. */
const MOST_KEPT_BYTES = 1_048_576

/** Room for a text that is made before it is put where it belongs. */
export class Scratch {
  #sink = new ByteSink(FIRST_BYTES)
  #source = new ByteSource(this.#sink.bytes)

  /** To put a text into; what was there is gone. */
  clear(): ByteSink {
    if (this.#sink.bytes.length > MOST_KEPT_BYTES) this.#sink = new ByteSink(FIRST_BYTES)
    this.#sink.length = 0
    return this.#sink
  }

  /** What was put, to be read. */
  get source(): ByteSource {
    if (this.#source.bytes !== this.#sink.bytes) this.#source = new ByteSource(this.#sink.bytes)
    return this.#source
  }
}

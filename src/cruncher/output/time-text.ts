import type { ByteSink } from './byte-sink.ts'
import { Literal } from './byte-sink.ts'
import { putDigits } from './number-text.ts'

const SECOND_US = 1_000_000
const MINUTE_US = 60 * SECOND_US
const LETTER_Z = 0x5a

/** Of `2026-03-01T10:00:00.123456Z`. */
const TIME_BYTES = 27

/** Writes microseconds since 1970 as ISO 8601 in UTC. Times of one minute come together. */
export class TimeText {
  #minute = Number.NaN
  #text = new Literal('')

  /** The room is reserved here. */
  put(sink: ByteSink, timeUs: number): void {
    sink.reserve(TIME_BYTES)
    const minute = Math.floor(timeUs / MINUTE_US)
    if (minute !== this.#minute) {
      this.#minute = minute
      this.#text = new Literal(new Date(minute * 60_000).toISOString().slice(0, 17))
    }
    this.#text.put(sink)
    const rest = timeUs - minute * MINUTE_US
    const seconds = (rest / SECOND_US) | 0
    putDigits(sink, sink.length, seconds, 2)
    sink.bytes[sink.length + 2] = 0x2e
    putDigits(sink, sink.length + 3, rest - seconds * SECOND_US, 6)
    sink.bytes[sink.length + 9] = LETTER_Z
    sink.length += 10
  }
}

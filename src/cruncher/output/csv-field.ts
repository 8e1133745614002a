import { FerryError } from '../../core/errors.ts'
import { ByteSink, ByteSource, Literal } from './byte-sink.ts'
import { fourTimes, WordCopy } from './byte-words.ts'

const QUOTE = 0x22

/** Fields of CSV with a separator of one byte: what has it, a quote or a line's end in it is put in quotes. */
export class CsvFields {
  readonly separator: Literal
  readonly #needsQuotes = new Uint8Array(256)
  readonly #ordinary: WordCopy

  /** `separator`: one character of ASCII. @throws FerryError CONFIG_INVALID */
  constructor(separator: string) {
    const byte = separator.charCodeAt(0)
    if (separator.length !== 1 || byte > 0x7f || '"\r\n\0'.includes(separator)) {
      throw new FerryError(
        'CONFIG_INVALID',
        `the separator ${JSON.stringify(separator)} is not one character of ASCII that can separate`,
        { hint: 'take a comma, a semicolon, a tab or `\\u0001`' },
      )
    }
    this.separator = new Literal(separator)
    for (const special of [byte, QUOTE, 0x0a, 0x0d]) this.#needsQuotes[special] = 1
    this.#ordinary = new WordCopy(fourTimes(QUOTE), fourTimes(byte))
  }

  /** Puts a text that is not empty; the room is reserved here. */
  put(sink: ByteSink, source: ByteSource, start: number, end: number): void {
    const { bytes } = source
    const needsQuotes = this.#needsQuotes
    sink.reserve(2 * (end - start) + 2)
    const began = sink.length
    let i = start
    while (i < end) {
      i = this.#ordinary.copy(sink, source, i, end)
      for (const stop = Math.min(end, i + 4); i < stop; i++) {
        const byte = bytes[i] ?? 0
        if (needsQuotes[byte] === 1) {
          sink.length = began
          putQuoted(sink, bytes, start, end)
          return
        }
        sink.putByte(byte)
      }
    }
  }

  /** The text as `put` would put it; of an empty text nothing. */
  literal(text: string): Literal {
    const bytes = Buffer.from(text)
    const sink = new ByteSink(bytes.length + 2)
    this.put(sink, new ByteSource(bytes), 0, bytes.length)
    return new Literal(sink.bytes.subarray(0, sink.length))
  }
}

function putQuoted(sink: ByteSink, bytes: Uint8Array, start: number, end: number): void {
  sink.putByte(QUOTE)
  for (let i = start; i < end; i++) {
    const byte = bytes[i] ?? 0
    if (byte === QUOTE) sink.putByte(QUOTE)
    sink.putByte(byte)
  }
  sink.putByte(QUOTE)
}

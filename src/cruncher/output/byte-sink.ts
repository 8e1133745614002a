/** Room behind what was reserved: texts are copied in words of 4 and 8 bytes, the last of which may hang over. */
const OVERHANG = 16

/**
 * Bytes being written, in one buffer. Callers `reserve` what they will put at most; what puts bytes does
 * not look again. Fields are open to the functions that do the putting, as they are the hot path.
 */
export class ByteSink {
  bytes: Buffer
  view: DataView
  length = 0

  constructor(capacity: number) {
    this.bytes = Buffer.allocUnsafeSlow(capacity + OVERHANG)
    this.view = viewOf(this.bytes)
  }

  /** How much can be put as it is. */
  get room(): number {
    return this.bytes.length - OVERHANG - this.length
  }

  /** Makes room for `size` more bytes. */
  reserve(size: number): void {
    if (size <= this.room) return
    const capacity = Math.max(this.length + size, 2 * this.bytes.length) + OVERHANG
    const grown = Buffer.allocUnsafeSlow(capacity)
    this.bytes.copy(grown, 0, 0, this.length)
    this.bytes = grown
    this.view = viewOf(grown)
  }

  putByte(byte: number): void {
    this.bytes[this.length++] = byte
  }

  /** Bytes as they are. */
  putBytes(from: Uint8Array): void {
    this.bytes.set(from, this.length)
    this.length += from.length
  }
}

export type ByteView = Pick<ByteSource, 'bytes' | 'view'>

/** Bytes that are read, with a view for looking at several at once. */
export class ByteSource {
  readonly bytes: Buffer
  readonly view: DataView

  constructor(bytes: Buffer) {
    this.bytes = bytes
    this.view = viewOf(bytes)
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** Text that is written again and again: a key, a level. It is put in words of 8 bytes. */
export class Literal {
  readonly bytes: Buffer
  readonly length: number
  readonly #words: Float64Array

  constructor(text: string | Uint8Array) {
    this.bytes = Buffer.from(text)
    this.length = this.bytes.length
    const whole = Buffer.alloc(Math.ceil(this.length / 8) * 8)
    this.bytes.copy(whole)
    this.#words = new Float64Array(whole.length / 8)
    for (let at = 0; at < this.#words.length; at++) this.#words[at] = whole.readDoubleLE(at * 8)
  }

  /** A word of UTF-8 can never be a NaN, so that it arrives as it was: no byte of it is 0xff. */
  put(sink: ByteSink): void {
    const words = this.#words
    let at = sink.length
    for (let i = 0; i < words.length; i++) {
      sink.view.setFloat64(at, words[i] ?? 0, true)
      at += 8
    }
    sink.length += this.length
  }
}

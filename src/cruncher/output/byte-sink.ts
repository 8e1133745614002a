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
  #limit: number

  constructor(capacity: number) {
    this.bytes = Buffer.allocUnsafeSlow(capacity + OVERHANG)
    this.view = viewOf(this.bytes)
    this.#limit = capacity
  }

  /** Makes room for `size` more bytes. */
  reserve(size: number): void {
    if (this.length + size > this.#limit) this.#grow(size)
  }

  #grow(size: number): void {
    this.#limit = Math.max(this.length + size, 2 * this.#limit)
    const grown = Buffer.allocUnsafeSlow(this.#limit + OVERHANG)
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
  /** Its bytes, eight at a time; a word of UTF-8 is never a NaN, so that it arrives as it was. */
  readonly words: Float64Array

  constructor(text: string | Uint8Array) {
    this.bytes = Buffer.from(text)
    this.length = this.bytes.length
    const whole = Buffer.alloc(Math.ceil(this.length / 8) * 8)
    this.bytes.copy(whole)
    this.words = new Float64Array(whole.length / 8)
    for (let at = 0; at < this.words.length; at++) this.words[at] = whole.readDoubleLE(at * 8)
  }

  /** Puts the text; the room is reserved here. */
  put(sink: ByteSink): void {
    sink.reserve(this.length)
    const { words } = this
    const { view } = sink
    let at = sink.length
    for (let i = 0; i < words.length; i++) {
      view.setFloat64(at, words[i] ?? 0, true)
      at += 8
    }
    sink.length += this.length
  }
}

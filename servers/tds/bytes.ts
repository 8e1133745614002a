/** Little-endian bytes of TDS, written one after the other into one growing buffer. */
export class ByteWriter {
  #buffer = Buffer.allocUnsafe(8_192)
  #length = 0

  get length(): number {
    return this.#length
  }

  /** What was written, and an empty writer again. The bytes are the caller's. */
  take(): Buffer {
    const taken = Buffer.from(this.#buffer.subarray(0, this.#length))
    this.#length = 0
    return taken
  }

  u8(value: number): this {
    const at = this.#grow(1) // first: it may bring another buffer
    this.#buffer[at] = value
    return this
  }

  u16(value: number): this {
    const at = this.#grow(2)
    this.#buffer.writeUInt16LE(value, at)
    return this
  }

  u32(value: number): this {
    const at = this.#grow(4)
    this.#buffer.writeUInt32LE(value, at)
    return this
  }

  i32(value: number): this {
    return this.u32(value >>> 0)
  }

  u64(value: bigint): this {
    const at = this.#grow(8)
    this.#buffer.writeBigUInt64LE(BigInt.asUintN(64, value), at)
    return this
  }

  /** An unsigned number in that many bytes. */
  unsigned(value: bigint, bytes: number): this {
    const at = this.#grow(bytes)
    let rest = value
    for (let i = 0; i < bytes; i += 1) {
      this.#buffer[at + i] = Number(rest & 0xffn)
      rest >>= 8n
    }
    return this
  }

  f32(value: number): this {
    const at = this.#grow(4)
    this.#buffer.writeFloatLE(value, at)
    return this
  }

  f64(value: number): this {
    const at = this.#grow(8)
    this.#buffer.writeDoubleLE(value, at)
    return this
  }

  bytes(data: Uint8Array): this {
    const at = this.#grow(data.length)
    this.#buffer.set(data, at)
    return this
  }

  ucs2(text: string): this {
    const at = this.#grow(text.length * 2)
    this.#buffer.write(text, at, 'ucs2')
    return this
  }

  /** B_VARCHAR: a byte of characters before. */
  shortText(text: string): this {
    const cut = text.slice(0, 255)
    return this.u8(cut.length).ucs2(cut)
  }

  /** US_VARCHAR: two bytes of characters before. */
  longText(text: string): this {
    const cut = text.slice(0, 65_535)
    return this.u16(cut.length).ucs2(cut)
  }

  #grow(bytes: number): number {
    const at = this.#length
    const needed = at + bytes
    if (needed > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2))
      this.#buffer.copy(larger, 0, 0, at)
      this.#buffer = larger
    }
    this.#length = needed
    return at
  }
}

/** Thrown when a value does not end within the bytes that have come: more are awaited. */
export class MoreBytesNeeded extends Error {}

/** Reads them again. @throws MoreBytesNeeded */
export class ByteReader {
  readonly buffer: Buffer
  at: number

  constructor(buffer: Buffer, at = 0) {
    this.buffer = buffer
    this.at = at
  }

  get isAtEnd(): boolean {
    return this.at >= this.buffer.length
  }

  u8(): number {
    return this.buffer.readUInt8(this.#step(1))
  }

  u16(): number {
    return this.buffer.readUInt16LE(this.#step(2))
  }

  u32(): number {
    return this.buffer.readUInt32LE(this.#step(4))
  }

  i32(): number {
    return this.buffer.readInt32LE(this.#step(4))
  }

  u64(): bigint {
    return this.buffer.readBigUInt64LE(this.#step(8))
  }

  unsigned(bytes: number): bigint {
    let value = 0n
    const at = this.#step(bytes)
    for (let i = bytes - 1; i >= 0; i -= 1) {
      value = (value << 8n) | BigInt(this.buffer.readUInt8(at + i))
    }
    return value
  }

  bytes(length: number): Buffer {
    const at = this.#step(length)
    return this.buffer.subarray(at, at + length)
  }

  ucs2(characters: number): string {
    return this.bytes(characters * 2).toString('ucs2')
  }

  shortText(): string {
    return this.ucs2(this.u8())
  }

  longText(): string {
    return this.ucs2(this.u16())
  }

  #step(bytes: number): number {
    const { at } = this
    if (at + bytes > this.buffer.length) throw new MoreBytesNeeded()
    this.at = at + bytes
    return at
  }
}

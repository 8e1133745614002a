import { hash } from 'node:crypto'

const BLOCK_BYTES = 64
const DIGEST_BYTES = 32
const INNER = 0x36
const OUTER = 0x5c

/**
 * HMAC with SHA-256 (RFC 2104) of short texts with one key. Node's `createHmac` makes an object of
 * the key for each, which takes several times as long as the two hashes.
 */
export class Hmac {
  readonly #outer: Buffer
  #inner: Buffer

  constructor(key: Uint8Array) {
    const block = key.length > BLOCK_BYTES ? hash('sha256', key, 'buffer') : key
    this.#outer = padded(block, OUTER, DIGEST_BYTES)
    this.#inner = padded(block, INNER, 1_024)
  }

  /** In base64. */
  digest(text: string): string {
    const length = Buffer.byteLength(text)
    if (this.#inner.length < BLOCK_BYTES + length) {
      const larger = Buffer.alloc(BLOCK_BYTES + 2 * length)
      this.#inner.copy(larger, 0, 0, BLOCK_BYTES)
      this.#inner = larger
    }
    this.#inner.write(text, BLOCK_BYTES)
    const inner = hash('sha256', this.#inner.subarray(0, BLOCK_BYTES + length), 'buffer')
    this.#outer.set(inner, BLOCK_BYTES)
    return hash('sha256', this.#outer, 'base64')
  }
}

/** The key, filled up to a block and mixed with `pad`, and room for what is hashed after it. */
function padded(key: Uint8Array, pad: number, room: number): Buffer {
  const bytes = Buffer.alloc(BLOCK_BYTES + room)
  bytes.fill(pad, 0, BLOCK_BYTES)
  for (const [at, byte] of key.entries()) bytes[at] = byte ^ pad
  return bytes
}

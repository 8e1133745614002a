/** What tells one signed request from another, and until when it would be taken once more. */
export interface RequestIdentity {
  /** 64 bits of its signature's hash, as two signed words. */
  readonly high: number
  readonly low: number
  /** Seconds since 1970. */
  readonly expiresS: number
}

/** Two words of the hash, and the second when it expires, little-endian. */
export const IDENTITY_BYTES = 12
const EXPIRY_AT = 8
const FIRST_COUNT = 64

/** Seconds since 1970; of no identity, from Infinity to 0. */
export interface ExpirySpan {
  readonly firstS: number
  readonly lastS: number
}

/** Identities of requests, packed as they go to the disk. */
export class RequestIdentities {
  #bytes = Buffer.alloc(0)
  #length = 0

  get count(): number {
    return this.#length / IDENTITY_BYTES
  }

  /** Good until the next change. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }

  add({ high, low, expiresS }: RequestIdentity): void {
    this.#reserve(IDENTITY_BYTES)
    const at = this.#length
    this.#bytes.writeInt32LE(high, at)
    this.#bytes.writeInt32LE(low, at + 4)
    this.#bytes.writeUInt32LE(expiresS, at + EXPIRY_AT)
    this.#length = at + IDENTITY_BYTES
  }

  addPacked(packed: Buffer): void {
    this.#reserve(packed.length)
    packed.copy(this.#bytes, this.#length)
    this.#length += packed.length
  }

  /** Adds those of packed ones that could still come again. */
  addLive(packed: Buffer, nowS: number): void {
    if (expirySpan(packed).firstS >= nowS) {
      this.addPacked(packed)
      return
    }
    for (const one of liveIdentities(packed, nowS)) this.add(one)
  }

  /** Leaves the last `count`. */
  keepLast(count: number): void {
    const first = Math.max(0, this.#length - count * IDENTITY_BYTES)
    this.#bytes.copyWithin(0, first, this.#length)
    this.#length -= first
  }

  /** Empties it; what had to grow a lot is given back. */
  clear(): void {
    this.#length = 0
    if (this.#bytes.length > 64 * FIRST_COUNT * IDENTITY_BYTES) this.#bytes = Buffer.alloc(0)
  }

  #reserve(size: number): void {
    const needed = this.#length + size
    if (needed <= this.#bytes.length) return
    const grown = Math.max(needed, 2 * this.#bytes.length, FIRST_COUNT * IDENTITY_BYTES)
    const bytes = Buffer.allocUnsafe(grown)
    this.#bytes.copy(bytes, 0, 0, this.#length)
    this.#bytes = bytes
  }
}

/** When the first and the last of packed ones expire. */
export function expirySpan(packed: Buffer): ExpirySpan {
  let firstS = Number.POSITIVE_INFINITY
  let lastS = 0
  for (let at = EXPIRY_AT; at < packed.length; at += IDENTITY_BYTES) {
    const expiresS = packed.readUInt32LE(at)
    if (expiresS < firstS) firstS = expiresS
    if (expiresS > lastS) lastS = expiresS
  }
  return { firstS, lastS }
}

/** Those of packed ones that could still come again. */
export function* liveIdentities(packed: Buffer, nowS: number): Generator<RequestIdentity> {
  for (let at = 0; at + IDENTITY_BYTES <= packed.length; at += IDENTITY_BYTES) {
    const expiresS = packed.readUInt32LE(at + EXPIRY_AT)
    if (expiresS < nowS) continue
    yield { high: packed.readInt32LE(at), low: packed.readInt32LE(at + 4), expiresS }
  }
}

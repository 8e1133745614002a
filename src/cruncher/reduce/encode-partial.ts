import { crc32 } from 'node:zlib'
import type { Entries } from './entries.ts'
import {
  BLOCK_BYTES,
  BLOCK_HEAD_BYTES,
  encodeTrailer,
  type PartialCounts,
  type PartialTotals,
} from './partial-format.ts'

/** Of a varint: a whole number up to 2^53. */
const MAX_VARINT_BYTES = 8

/**
 * The bytes of a file of partial results, block by block; a block is valid until the next is asked for.
 * @param width how many slots a group has
 */
export function* encodePartial(
  head: string,
  entries: Entries,
  width: number,
  counts: PartialCounts,
): Generator<Uint8Array, PartialTotals> {
  const headBytes = Buffer.from(head)
  const headCrc = crc32(headBytes)
  yield headBytes
  const writer = new EntryWriter(entries, width)
  let chain = headCrc
  let entryCount = 0
  let groups = 0
  for (let goesOn = true; goesOn; ) {
    goesOn = entries.next()
    if (goesOn) {
      writer.add()
      entryCount++
      if (entries.keyLength === entries.groupLength) groups++
    }
    if (writer.length < BLOCK_BYTES && (goesOn || writer.length === 0)) continue
    const block = writer.take()
    chain = crc32(block.subarray(BLOCK_HEAD_BYTES), chain)
    block.writeUInt32LE(chain, 4)
    yield block
  }
  const totals = { ...counts, groups, entries: entryCount }
  yield encodeTrailer(totals, chain, headCrc)
  return totals
}

class EntryWriter {
  readonly #entries: Entries
  readonly #width: number
  readonly #slots = new Float64Array(1)
  readonly #slotBytes = new Uint8Array(this.#slots.buffer)
  #block = Buffer.alloc(2 * BLOCK_BYTES)
  #at = BLOCK_HEAD_BYTES
  #before = new Uint8Array(256)
  #beforeLength = 0

  constructor(entries: Entries, width: number) {
    this.#entries = entries
    this.#width = width
  }

  get length(): number {
    return this.#at - BLOCK_HEAD_BYTES
  }

  /** The block with its length; the place of the checksum is free. */
  take(): Buffer {
    const block = this.#block.subarray(0, this.#at)
    block.writeUInt32LE(this.length, 0)
    this.#at = BLOCK_HEAD_BYTES
    return block
  }

  add(): void {
    const { key, keyLength, groupLength, slots, value } = this.#entries
    this.#reserve(keyLength + 3 * MAX_VARINT_BYTES + 8 * this.#width)
    const shared = this.#sharedWithBefore(key, keyLength)
    const isGroup = keyLength === groupLength
    this.#varint(shared)
    this.#varint(2 * (keyLength - shared) + (isGroup ? 1 : 0))
    for (let i = shared; i < keyLength; i++) {
      const byte = key[i] ?? 0
      this.#block[this.#at++] = byte
      this.#before[i] = byte
    }
    this.#beforeLength = keyLength
    if (!isGroup) this.#varint(value)
    else for (let i = 0; i < this.#width; i++) this.#number(slots[i] ?? 0)
  }

  #sharedWithBefore(key: Uint8Array, keyLength: number): number {
    const before = this.#before
    const most = Math.min(keyLength, this.#beforeLength)
    let shared = 0
    while (shared < most && before[shared] === key[shared]) shared++
    return shared
  }

  #reserve(bytes: number): void {
    if (this.#entries.keyLength > this.#before.length) {
      const before = new Uint8Array(2 * this.#entries.keyLength)
      before.set(this.#before)
      this.#before = before
    }
    if (this.#at + bytes <= this.#block.length) return
    const block = Buffer.alloc(2 * (this.#at + bytes))
    block.set(this.#block)
    this.#block = block
  }

  #varint(value: number): void {
    let rest = value
    while (rest >= 128) {
      this.#block[this.#at++] = (rest % 128) | 128
      rest = Math.floor(rest / 128)
    }
    this.#block[this.#at++] = rest
  }

  #number(value: number): void {
    this.#slots[0] = Number.isNaN(value) ? Number.NaN : value // one NaN of the many there are
    for (let i = 0; i < 8; i++) this.#block[this.#at++] = this.#slotBytes[i] ?? 0
  }
}

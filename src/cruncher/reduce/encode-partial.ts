import { crc32 } from 'node:zlib'
import type { Entries } from './entries.ts'
import {
  BLOCK_BYTES,
  BLOCK_HEAD_BYTES,
  encodeTrailer,
  type PartialCounts,
  type PartialTotals,
  viewOf,
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
  const writer = new BlockWriter(entries, width)
  let chain = headCrc
  while (writer.fill()) {
    const block = writer.take()
    chain = crc32(block.subarray(BLOCK_HEAD_BYTES), chain)
    block.writeUInt32LE(chain, 4)
    yield block
  }
  const totals = { ...counts, groups: writer.groups, entries: writer.entries }
  yield encodeTrailer(totals, chain, headCrc)
  return totals
}

/** Puts entries into blocks. Hot where groups are many: a call a block, and numbers only. */
class BlockWriter {
  groups = 0
  entries = 0
  readonly #source: Entries
  readonly #width: number
  #block = Buffer.alloc(2 * BLOCK_BYTES)
  #view = viewOf(this.#block)
  #at = BLOCK_HEAD_BYTES
  #before = new Uint8Array(256)
  #beforeLength = 0

  constructor(source: Entries, width: number) {
    this.#source = source
    this.#width = width
  }

  /** Adds entries until the block is full or there are no more; false: it is empty. */
  fill(): boolean {
    while (this.#at - BLOCK_HEAD_BYTES < BLOCK_BYTES) {
      if (!this.#source.next()) break
      this.#add()
    }
    return this.#at > BLOCK_HEAD_BYTES
  }

  /** The block with its length; the place of the checksum is free. */
  take(): Buffer {
    const block = this.#block.subarray(0, this.#at)
    block.writeUInt32LE(this.#at - BLOCK_HEAD_BYTES, 0)
    this.#at = BLOCK_HEAD_BYTES
    return block
  }

  #add(): void {
    const { key, keyLength, groupLength, slots, value } = this.#source
    this.#reserve(keyLength)
    const block = this.#block
    const before = this.#before
    const shared = this.#sharedWithBefore(key, keyLength)
    const isGroup = keyLength === groupLength
    this.#varint(shared)
    this.#varint(2 * (keyLength - shared) + (isGroup ? 1 : 0))
    let at = this.#at
    for (let i = shared; i < keyLength; i++) {
      const byte = key[i] ?? 0
      block[at++] = byte
      before[i] = byte
    }
    this.#at = at
    this.#beforeLength = keyLength
    this.entries++
    if (isGroup) this.#addSlots(slots)
    else this.#varint(value)
  }

  #addSlots(slots: Float64Array): void {
    this.groups++
    for (let i = 0; i < this.#width; i++) {
      const value = slots[i] ?? 0
      // One NaN of the many there are.
      this.#view.setFloat64(this.#at, Number.isNaN(value) ? Number.NaN : value, true)
      this.#at += 8
    }
  }

  #sharedWithBefore(key: Uint8Array, keyLength: number): number {
    const before = this.#before
    const most = Math.min(keyLength, this.#beforeLength)
    let shared = 0
    while (shared < most && before[shared] === key[shared]) shared++
    return shared
  }

  /** Room for an entry with a key of that length. */
  #reserve(keyLength: number): void {
    if (keyLength > this.#before.length) {
      const before = new Uint8Array(2 * keyLength)
      before.set(this.#before)
      this.#before = before
    }
    const needed = this.#at + keyLength + 3 * MAX_VARINT_BYTES + 8 * this.#width
    if (needed <= this.#block.length) return
    const block = Buffer.alloc(2 * needed)
    block.set(this.#block)
    this.#block = block
    this.#view = viewOf(block)
  }

  #varint(value: number): void {
    let rest = value
    while (rest >= 128) {
      this.#block[this.#at++] = (rest % 128) | 128
      rest = Math.floor(rest / 128)
    }
    this.#block[this.#at++] = rest
  }
}

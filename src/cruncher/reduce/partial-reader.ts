import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import { asLocalIoError, FerryError } from '../../core/errors.ts'
import type { Entries } from './entries.ts'
import {
  BLOCK_BYTES,
  BLOCK_HEAD_BYTES,
  decodeTrailer,
  type PartialTotals,
  TRAILER_BYTES,
  viewOf,
} from './partial-format.ts'
import type { Reduction } from './reduction.ts'

/** No block is longer: a block has less than BLOCK_BYTES and one entry more. */
const MAX_BLOCK_BYTES = 16_777_216

/**
 * Reads a file of partial results, a block at a time, and believes nothing of it: of a file that is cut
 * off, changed or of another reduction no entry comes that was not checked. It reads synchronously: a
 * block is there sooner than a promise.
 */
export class PartialReader implements Entries {
  key = new Uint8Array(256)
  keyLength = 0
  groupLength = 0
  readonly slots: Float64Array
  value = 0
  readonly totals: PartialTotals
  readonly #path: string
  #file: number | undefined
  #block = Buffer.alloc(2 * BLOCK_BYTES)
  #view = viewOf(this.#block)
  #at = 0
  #blockEnd = 0
  /** Where the next block begins, and the trailer. */
  #position: number
  readonly #end: number
  #chain: number
  readonly #lastChain: number
  #entries = 0

  /** @throws FerryError INPUT_MISSING, DENIED, LOCAL_IO, DATA_INVALID */
  constructor(path: string, reduction: Reduction) {
    this.#path = path
    this.slots = new Float64Array(reduction.plan.slots.initial.length)
    try {
      this.#file = openSync(path, 'r')
      const head = Buffer.from(reduction.head)
      const headCrc = crc32(head)
      this.#end = fstatSync(this.#file).size - TRAILER_BYTES
      this.#checkHead(head, reduction.name)
      const trailer = this.#end < head.length ? undefined : decodeTrailer(this.#trailer(), headCrc)
      if (trailer === undefined) throw this.#damaged('it is cut off, or its end was changed')
      this.totals = trailer.totals
      this.#lastChain = trailer.chain
      this.#position = head.length
      this.#chain = headCrc
    } catch (error) {
      this.close()
      throw asLocalIoError(error, path)
    }
  }

  /** @throws FerryError DATA_INVALID, LOCAL_IO */
  next(): boolean {
    if (this.#at === this.#blockEnd && !this.#nextBlock()) return false
    this.#entries++
    const shared = this.#varint()
    const rest = this.#varint()
    const isGroup = rest % 2 === 1
    const length = (rest - (rest % 2)) / 2
    if (shared > this.keyLength || length > this.#blockEnd - this.#at) throw this.#damaged('a key')
    this.keyLength = shared + length
    if (this.keyLength > this.key.length) this.#growKey()
    for (let i = shared; i < this.keyLength; i++) this.key[i] = this.#block[this.#at++] ?? 0
    if (isGroup) {
      this.groupLength = this.keyLength
      this.#readSlots()
    } else this.value = this.#varint()
    if (this.#at > this.#blockEnd) throw this.#damaged('an entry')
    return true
  }

  close(): void {
    if (this.#file === undefined) return
    closeSync(this.#file)
    this.#file = undefined
  }

  #checkHead(head: Buffer, reduction: string): void {
    const found = Buffer.alloc(head.length)
    const length = this.#read(found, 0, 0, found.length)
    if (length === found.length && found.equals(head)) return
    const isOurs = found.subarray(0, length).toString().startsWith('{"ferry":"partial"')
    throw new FerryError(
      'DATA_INVALID',
      isOurs
        ? `\`${this.#path}\` is a partial result of another reduction than \`${reduction}\` as it is now`
        : `\`${this.#path}\` is no partial result`,
      { hint: 'crunch its input again', details: { path: this.#path } },
    )
  }

  #trailer(): Buffer {
    const trailer = Buffer.alloc(TRAILER_BYTES)
    this.#read(trailer, 0, this.#end, TRAILER_BYTES)
    return trailer
  }

  #nextBlock(): boolean {
    if (this.#position === this.#end) {
      if (this.#chain !== this.#lastChain || this.#entries !== this.totals.entries) {
        throw this.#damaged('parts of it are missing')
      }
      return false
    }
    const length = this.#blockLength()
    if (length > this.#block.length) {
      this.#block = Buffer.alloc(length)
      this.#view = viewOf(this.#block)
    }
    this.#read(this.#block, 0, this.#position + BLOCK_HEAD_BYTES, length)
    this.#position += BLOCK_HEAD_BYTES + length
    this.#chain = crc32(this.#block.subarray(0, length), this.#chain)
    if (this.#chain !== this.#expected) throw this.#damaged('a checksum is wrong')
    this.#at = 0
    this.#blockEnd = length
    return true
  }

  readonly #blockHead = Buffer.alloc(BLOCK_HEAD_BYTES)
  #expected = 0

  #blockLength(): number {
    const left = this.#end - this.#position - BLOCK_HEAD_BYTES
    this.#read(this.#blockHead, 0, this.#position, BLOCK_HEAD_BYTES)
    const length = this.#blockHead.readUInt32LE(0)
    this.#expected = this.#blockHead.readUInt32LE(4)
    if (left < 1 || length < 1 || length > left || length > MAX_BLOCK_BYTES) {
      throw this.#damaged('a block has a wrong length')
    }
    return length
  }

  /** Bytes read, which are fewer than asked for at the file's end only. */
  #read(target: Buffer, at: number, position: number, length: number): number {
    let done = 0
    while (done < length && this.#file !== undefined) {
      const count = readSync(this.#file, target, at + done, length - done, position + done)
      if (count === 0) break
      done += count
    }
    return done
  }

  #readSlots(): void {
    const { slots } = this
    if (this.#at + 8 * slots.length > this.#blockEnd) throw this.#damaged('a group')
    for (let i = 0; i < slots.length; i++) {
      slots[i] = this.#view.getFloat64(this.#at, true)
      this.#at += 8
    }
  }

  #growKey(): void {
    const key = new Uint8Array(2 * this.keyLength)
    key.set(this.key)
    this.key = key
  }

  #varint(): number {
    let value = 0
    for (let factor = 1; factor <= Number.MAX_SAFE_INTEGER; factor *= 128) {
      const byte = this.#block[this.#at++] ?? 0
      value += (byte & 127) * factor
      if (byte < 128) return value
    }
    throw this.#damaged('a number')
  }

  #damaged(what: string): FerryError {
    return new FerryError('DATA_INVALID', `\`${this.#path}\` is damaged: ${what}`, {
      hint: 'remove it and crunch its input again',
      details: { path: this.#path },
    })
  }
}

import { CanonicalPath } from './canonical-path.ts'
import { KIND_NAMES } from './part-kind.ts'
import { RequestTarget } from './request-target.ts'
import { TemplateWriter } from './template-writer.ts'

/** The number of what is beyond the limit. */
export const OTHER_TEMPLATE = 0
const OTHER_NAME = 'other'

/**
 * Templates of paths that no rule names: `/users/:number/files/:uuid`. A path's template depends on
 * the path alone; which templates are kept, when there are more than the limit, depends on which came first.
 * Numbers hold within one object only: add up by name.
 */
export class LearnedTemplates {
  readonly #limit: number
  readonly #target = new RequestTarget()
  readonly #canonical = new CanonicalPath()
  readonly #template = new TemplateWriter()
  readonly #mask: number
  /** A slot holds the number of a template; 0: free. */
  readonly #slots: Int32Array
  readonly #hashes: Int32Array
  /** By number: where its bytes end; where they begin is where those of the one before end. */
  readonly #ends: Int32Array
  #bytes = new Uint8Array(4_096)
  #count = 0

  /** Of the templates beyond `limit` only their lines are counted, as one: OTHER_TEMPLATE. */
  constructor(limit: number) {
    this.#limit = limit
    let size = 16
    while (size < 2 * limit) size *= 2
    this.#mask = size - 1
    this.#slots = new Int32Array(size)
    this.#hashes = new Int32Array(limit + 1)
    this.#ends = new Int32Array(limit + 1)
  }

  /** The numbers in use are from 0 up to this one. */
  get last(): number {
    return this.#count
  }

  /** The number of the template of a path, which may have a query or be a whole URL. */
  find(bytes: Uint8Array, from: number, to: number): number {
    const template = this.#template
    this.#write(bytes, from, to)
    let hash = 0
    for (let at = 0; at < template.length; at++)
      hash = (Math.imul(hash, 31) + (template.bytes[at] ?? 0)) | 0
    let slot = (hash ^ (hash >>> 15)) & this.#mask
    for (;;) {
      const number = this.#slots[slot] ?? 0
      if (number === 0) return this.#add(slot, hash)
      if (this.#hashes[number] === hash && this.#isTemplate(number)) return number
      slot = (slot + 1) & this.#mask
    }
  }

  /** `/users/:number`; of OTHER_TEMPLATE `other`, which no template is called. */
  name(number: number): string {
    if (number === OTHER_TEMPLATE) return OTHER_NAME
    let name = ''
    for (let at = this.#ends[number - 1] ?? 0; at < (this.#ends[number] ?? 0); at++) {
      const byte = this.#bytes[at] ?? 0
      name += KIND_NAMES[byte] ?? String.fromCharCode(byte)
    }
    return name
  }

  #write(bytes: Uint8Array, from: number, to: number): void {
    const target = this.#target
    target.read(bytes, from, to)
    if (this.#template.write(false, bytes, target.from, target.to)) return
    const canonical = this.#canonical
    canonical.read(bytes, target.from, target.to)
    this.#template.write(true, canonical.bytes, 0, canonical.length)
  }

  #isTemplate(number: number): boolean {
    const { bytes, length } = this.#template
    const kept = this.#bytes
    const start = this.#ends[number - 1] ?? 0
    if ((this.#ends[number] ?? 0) - start !== length) return false
    for (let at = 0; at < length; at++) if (kept[start + at] !== bytes[at]) return false
    return true
  }

  #add(slot: number, hash: number): number {
    if (this.#count === this.#limit) return OTHER_TEMPLATE
    const { bytes, length } = this.#template
    const from = this.#ends[this.#count] ?? 0
    if (from + length > this.#bytes.length) {
      const larger = new Uint8Array(2 * (from + length))
      larger.set(this.#bytes)
      this.#bytes = larger
    }
    this.#bytes.set(bytes.subarray(0, length), from)
    const number = ++this.#count
    this.#ends[number] = from + length
    this.#hashes[number] = hash
    this.#slots[slot] = number
    return number
  }
}

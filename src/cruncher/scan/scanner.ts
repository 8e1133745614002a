import {
  compileWasm,
  WASM_PAGE_BYTES,
  type WasmMemory,
  type WasmNumber,
} from '../../core/web-assembly.ts'

/** What `assembly/index.ts` exports; addresses are numbers of bytes. */
interface ScanExports {
  readonly memory: WasmMemory
  readonly end: WasmNumber
  readonly nameFrom: WasmNumber
  readonly nameTo: WasmNumber
  readonly valueFrom: WasmNumber
  readonly valueTo: WasmNumber
  readonly kinds: WasmNumber
  readonly signs: WasmNumber
  readonly places: WasmNumber
  readonly lineEnd: (from: number, to: number) => number
  readonly scanObject: (from: number, to: number) => number
  readonly scanPairs: (from: number, to: number) => number
  readonly scanAccess: (from: number, to: number) => number
  setNameByte(byte: number, what: number): void
  addShape(): number
  clearShapes(): void
  memberCount(): number
}
declare const WebAssembly: {
  readonly Instance: new (module: object) => { readonly exports: ScanExports }
}
/** Lines lie here, one piece after the other, and then from the beginning again. */
const RING_BYTES = 4 * 1_048_576
/**
 * Larger pieces are left where they are. What was put stays for as long as a record that begins in it can go
 * on: 1 MiB of joined lines (`join-lines.ts`), the piece in which it ends, and the next.
 */
const MAX_PIECE_BYTES = RING_BYTES / 8
/** Between pieces, so that none is taken for the continuation of another. */
const GAP_BYTES = 16
/** What vectors read beyond the end. */
const MARGIN_BYTES = 64
const MAX_MEMBERS = 256
const PLACES = 16
const LINE_FEED = 0x0a
/** Shapes are forgotten so often; then names are data, and to learn them costs more than it spares. */
const MAX_CLEARED = 8

/** A shape that is not known yet. */
export const UNKNOWN_SHAPE = -2

/**
 * Scans lines sixteen bytes at a time, by vectors of WebAssembly (`assembly/`). It sees only its own memory, so
 * lines are copied into it; what reads them further gets `bytes`, which is all of the memory, and places in it.
 * What it says of a line is right; what it does not know (rare kinds of lines) is left to the scanners
 * in JavaScript, which know everything.
 */
export class Scanner {
  /** All of its memory. Lines that are elsewhere are not for it. */
  readonly bytes: Buffer
  /** Members of the line that was scanned last, as `Members` has them; of an object within, the object comes first. */
  readonly nameFrom: Int32Array
  readonly nameTo: Int32Array
  readonly valueFrom: Int32Array
  readonly valueTo: Int32Array
  readonly kind: Uint8Array
  /** Parts of the access line that was scanned last. */
  readonly places: Int32Array
  /** The line feed at or behind a place, or the end. */
  readonly lineEnd: (from: number, to: number) => number
  /** The number of the shape of a line that is an object; UNKNOWN_SHAPE; -1: it is none, or left to others. */
  readonly scanObject: (from: number, to: number) => number
  /** The same of `name=value`. */
  readonly scanPairs: (from: number, to: number) => number
  /** 1: it is an access line whose parts are in `places`; 0: it is none, or left to others. */
  readonly scanAccess: (from: number, to: number) => number
  readonly #exports: ScanExports
  /** By member: the length of its name, its depth (from bit 16), and bit 24: it is an object. */
  readonly #signs: Int32Array
  readonly #start: number
  #at: number
  #isTaken = false
  #cleared = 0
  /** Another one when all shapes are forgotten: numbers begin anew. */
  generation = 0

  constructor(exports: ScanExports, nameBytes: Uint8Array) {
    const start = exports.end.value + MARGIN_BYTES
    const needed = start + RING_BYTES + MARGIN_BYTES - exports.memory.buffer.byteLength
    exports.memory.grow(Math.ceil(needed / WASM_PAGE_BYTES))
    const { buffer } = exports.memory
    const table = (at: WasmNumber, length = MAX_MEMBERS): Int32Array =>
      new Int32Array(buffer, at.value, length)
    this.bytes = Buffer.from(buffer)
    this.nameFrom = table(exports.nameFrom)
    this.nameTo = table(exports.nameTo)
    this.valueFrom = table(exports.valueFrom)
    this.valueTo = table(exports.valueTo)
    this.kind = new Uint8Array(buffer, exports.kinds.value, MAX_MEMBERS)
    this.#signs = table(exports.signs)
    this.places = table(exports.places, PLACES)
    for (const [byte, what] of nameBytes.entries()) exports.setNameByte(byte, what)
    this.lineEnd = exports.lineEnd
    this.scanObject = exports.scanObject
    this.scanPairs = exports.scanPairs
    this.scanAccess = exports.scanAccess
    this.#exports = exports
    this.#start = start
    this.#at = start
  }

  /** The memory for the lines of one stream at a time; nothing: another has it. */
  lease(): LineMemory | undefined {
    if (this.#isTaken) return undefined
    this.#isTaken = true
    return {
      bytes: this.bytes,
      put: (bytes, from, to) => this.#put(bytes, from, to),
      [Symbol.dispose]: () => {
        this.#isTaken = false
      },
    }
  }

  /** How many members the line had that was scanned last. */
  get count(): number {
    return this.#exports.memberCount()
  }

  depthOf(member: number): number {
    return ((this.#signs[member] ?? 0) >> 16) & 0xff
  }

  isObject(member: number): boolean {
    return (this.#signs[member] ?? 0) >> 24 !== 0
  }

  /** The number of the shape that was just scanned, from now on; -1: no more shapes are learned. */
  addShape(): number {
    if (this.#cleared > MAX_CLEARED) return -1
    const shape = this.#exports.addShape()
    if (shape >= 0) return shape
    this.#exports.clearShapes()
    this.#cleared++
    this.generation++
    return this.#exports.addShape()
  }

  #put(bytes: Uint8Array, from: number, to: number): number {
    const length = to - from
    if (length > MAX_PIECE_BYTES) return -1
    if (this.#at + length + GAP_BYTES > this.#start + RING_BYTES) this.#at = this.#start
    const at = this.#at
    this.bytes.set(from === 0 && to === bytes.length ? bytes : bytes.subarray(from, to), at)
    // A last line may lack its end, at which vectors stop.
    this.bytes[at + length] = LINE_FEED
    this.#at += length + GAP_BYTES
    return at
  }
}

/** Where the lines of a stream are put. */
export interface LineMemory extends Disposable {
  readonly bytes: Buffer
  /** Where they are now, until 2 MiB more have come; -1: they are too many, and stay where they are. */
  put(bytes: Uint8Array, from: number, to: number): number
}

/** Nothing: this machine has no such vectors. `nameBytes`: what names of pairs are made of, by byte (`pair-members.ts`). */
export function createScanner(nameBytes: Uint8Array): Scanner | undefined {
  const module = compileWasm('crunch-scan.wasm')
  return module && new Scanner(new WebAssembly.Instance(module).exports, nameBytes)
}

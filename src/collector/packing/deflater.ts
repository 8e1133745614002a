import {
  compileWasm,
  WASM_PAGE_BYTES,
  type WasmMemory,
  type WasmNumber,
} from '../../core/web-assembly.ts'

/** What `assembly/index.ts` exports; addresses are numbers of bytes. */
interface PackExports {
  readonly memory: WasmMemory
  readonly input: WasmNumber
  readonly output: WasmNumber
  readonly MAX_INPUT: WasmNumber
  readonly MAX_OUTPUT: WasmNumber
  deflate(length: number): number
}
declare const WebAssembly: {
  readonly Instance: new (module: object) => { readonly exports: PackExports }
}
/** What is read and written beyond an end. */
const MARGIN_BYTES = 64

/**
 * Packs rows as deflate does, by WebAssembly (`assembly/`): in half the time of zlib's fastest level, into files that
 * are a twentieth larger (docs/performance.md). It sees only its own memory, so bytes are copied in and out.
 */
export class Deflater {
  /** More at once are for zlib. */
  readonly maxBytes: number
  readonly #exports: PackExports
  readonly #memory: Buffer

  private constructor(exports: PackExports) {
    this.#exports = exports
    this.maxBytes = exports.MAX_INPUT.value
    const end = exports.output.value + exports.MAX_OUTPUT.value + MARGIN_BYTES
    exports.memory.grow(Math.ceil((end - exports.memory.buffer.byteLength) / WASM_PAGE_BYTES))
    this.#memory = Buffer.from(exports.memory.buffer)
  }

  /** Nothing: this machine cannot. */
  static create(): Deflater | undefined {
    const module = compileWasm('collect-pack.wasm')
    return module && new Deflater(new WebAssembly.Instance(module).exports)
  }

  /** `maxBytes` at most, as blocks of deflate of which none is the last, and which end on a byte. */
  pack(bytes: Buffer): Buffer {
    const machine = this.#exports
    this.#memory.set(bytes, machine.input.value)
    const length = machine.deflate(bytes.length)
    const output = machine.output.value
    return Buffer.from(this.#memory.subarray(output, output + length))
  }
}

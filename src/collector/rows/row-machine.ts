import {
  compileWasm,
  WASM_PAGE_BYTES,
  type WasmMemory,
  type WasmNumber,
} from '../../core/web-assembly.ts'
import { ENVIRONMENTS } from '../../formats/event-row.ts'
import { COLLECTION_TEXTS, PAYLOAD_TEXTS } from '../json-names.ts'
import type { PrivacyPolicy } from '../privacy.ts'

/** What `assembly/index.ts` exports; addresses are numbers of bytes. */
interface RowExports {
  readonly memory: WasmMemory
  readonly body: WasmNumber
  readonly made: WasmNumber
  readonly receivedAt: WasmNumber
  readonly clientAddress: WasmNumber
  readonly environments: WasmNumber
  readonly environmentBytes: WasmNumber
  readonly payloadCount: WasmNumber
  readonly MAX_BODY: WasmNumber
  readonly MAX_MADE: WasmNumber
  readonly MAX_ADDRESS: WasmNumber
  readonly name: WasmNumber
  parseProtobuf(length: number): number
  parseJson(length: number): number
  /** Of the text at `name`. */
  addName(kind: number, length: number, field: number): void
  isComplete(): number
  makeRows(first: number): number
  setIpPolicy(policy: number): void
  setAddressBytes(length: number): void
}
declare const WebAssembly: {
  readonly Instance: new (module: object) => { readonly exports: RowExports }
}
/** What vectors read and write beyond an end. */
const MARGIN_BYTES = 64
const ENVIRONMENT_BYTES = 24
/** Names in JSON, by what has them; of environments, the number and one. */
const NAMES: readonly (readonly (readonly [field: number, ...names: readonly string[]])[])[] = [
  [...COLLECTION_TEXTS, [6, 'env'], [15, 'payloads']],
  [...PAYLOAD_TEXTS, [1, 'at'], [3, 'nr'], [9, 'parameters']],
  [
    [1, 'name'],
    [2, 'value'],
  ],
  ENVIRONMENTS.map((name, env) => [env + 1, name]),
]
const IP_POLICIES = ['keep', 'mask', 'drop'] as const

/** How a Collection is written. */
export type CollectionType = 'protobuf' | 'json'

/**
 * Makes rows of the bodies that nearly all clients send, sixteen bytes at a time, by vectors of WebAssembly
 * (`assembly/`). What it does not know, or would have to refuse, it leaves to the decoders in JavaScript;
 * of what it reads, both make the same rows. It sees only its own memory, so bodies are copied into it.
 */
export class RowMachine {
  /** All of its memory. */
  readonly bytes: Buffer
  /** Where rows begin in it. */
  readonly start: number
  readonly #exports: RowExports
  readonly #body: number
  readonly #maxBody: number
  #receivedAt = ''
  #address: Uint8Array | undefined

  private constructor(exports: RowExports, privacy: PrivacyPolicy) {
    this.#exports = exports
    this.#body = exports.body.value
    this.#maxBody = exports.MAX_BODY.value
    this.start = exports.made.value
    const end = this.start + exports.MAX_MADE.value + MARGIN_BYTES
    const missing = end - exports.memory.buffer.byteLength
    if (missing > 0) exports.memory.grow(Math.ceil(missing / WASM_PAGE_BYTES))
    this.bytes = Buffer.from(exports.memory.buffer)
    for (const [env, name] of ENVIRONMENTS.entries()) {
      this.bytes.write(name, exports.environments.value + env * ENVIRONMENT_BYTES, 'latin1')
      this.bytes[exports.environmentBytes.value + env] = name.length
    }
    for (const [kind, fields] of NAMES.entries()) {
      for (const [field, ...names] of fields) {
        for (const name of new Set(names)) {
          this.bytes.write(name, exports.name.value, 'latin1')
          exports.addName(kind, name.length, field)
        }
      }
    }
    exports.setIpPolicy(IP_POLICIES.indexOf(privacy.ip))
  }

  /** Nothing: parameters are dropped or hashed, or this machine has no such vectors. */
  static create(privacy: PrivacyPolicy): RowMachine | undefined {
    if (privacy.parameters.size > 0) return undefined
    const module = compileWasm('collect-rows.wasm')
    return module && new RowMachine(new WebAssembly.Instance(module).exports, privacy)
  }

  /** The number of events of a body; 0 where it has none, or is left to JavaScript. */
  parse(body: Uint8Array, type: CollectionType): number {
    if (body.length > this.#maxBody) return 0
    this.bytes.set(body, this.#body)
    const exports = this.#exports
    const { length } = body
    const isRead = type === 'json' ? exports.parseJson(length) : exports.parseProtobuf(length)
    return isRead === 0 || exports.isComplete() === 0 ? 0 : exports.payloadCount.value
  }

  /** Rows of the body that was parsed, from `start` on: how many bytes, or -1 where they are left to JavaScript. */
  make(first: number, receivedAt: string, clientAddress: Uint8Array): number {
    if (receivedAt !== this.#receivedAt) {
      this.#receivedAt = receivedAt
      this.bytes.write(receivedAt, this.#exports.receivedAt.value, 'latin1')
    }
    if (clientAddress !== this.#address) {
      if (clientAddress.length > this.#exports.MAX_ADDRESS.value) return -1
      this.#address = clientAddress
      this.bytes.set(clientAddress, this.#exports.clientAddress.value)
      this.#exports.setAddressBytes(clientAddress.length)
    }
    return this.#exports.makeRows(first)
  }
}

/** The methods that rules name, each with a number from 1; 0: any other. Capitals and small letters are alike. */
export class MethodTable {
  readonly size: number
  readonly #methods: readonly Uint8Array[]

  /** In capitals. */
  constructor(methods: readonly string[]) {
    this.#methods = methods.map(method => new Uint8Array(Buffer.from(method, 'latin1')))
    this.size = methods.length + 1
  }

  find(bytes: Uint8Array, from: number, to: number): number {
    const methods = this.#methods
    for (let number = 0; number < methods.length; number++) {
      const method = methods[number]
      if (method !== undefined && isMethod(method, bytes, from, to)) return number + 1
    }
    return 0
  }
}

function isMethod(method: Uint8Array, bytes: Uint8Array, from: number, to: number): boolean {
  if (method.length !== to - from) return false
  for (let i = 0; i < method.length; i++) {
    const byte = bytes[from + i] ?? 0
    if ((byte >= 0x61 && byte <= 0x7a ? byte & 0xdf : byte) !== method[i]) return false
  }
  return true
}

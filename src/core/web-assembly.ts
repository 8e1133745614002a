import { readFileSync } from 'node:fs'

/** What Node has and its types leave out; who makes an instance declares its own exports. */
declare const WebAssembly: { readonly Module: new (bytes: Uint8Array) => object }

/** A number that a module exports: a place in its memory, or how much there is of something, in bytes. */
export interface WasmNumber {
  readonly value: number
}

export interface WasmMemory {
  readonly buffer: ArrayBuffer
  grow(pages: number): number
}

export const WASM_PAGE_BYTES = 65_536

const compiled = new Map<string, object>()

/** A module that `build.ts` made, compiled once a thread. Nothing: this machine has no such vectors. */
export function compileWasm(name: string): object | undefined {
  try {
    const module = compiled.get(name) ?? new WebAssembly.Module(readFileSync(pathOf(name)))
    compiled.set(name, module)
    return module
  } catch (error) {
    if (error instanceof Error && error.name === 'CompileError') return undefined
    throw error
  }
}

/** All programs that are built stand beside the modules. */
function pathOf(name: string): URL {
  const folder = import.meta.url.endsWith('.ts') ? '../../dist/' : './'
  return new URL(folder + name, import.meta.url)
}

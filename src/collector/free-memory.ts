/** So much leaves enough behind to be worth some milliseconds. */
export const LARGE_BODY_BYTES = 262_144
/** The same of JSON that is not written as nearly all clients do: it may be lists in lists, or names without end. */
export const LARGE_JSON_BYTES = 32_768

/**
 * Frees what a large body left. V8 looks at how many objects there are rather than at what they hold outside of its
 * heap: each thread would let 64 MB of unpacked pieces and parsed texts pile up. Does nothing without `--expose-gc`,
 * which `bin/ferry` says.
 */
export function freeMemory(): void {
  globalThis.gc?.()
}

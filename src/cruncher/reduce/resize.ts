/**
 * Arrays of numbers that grow. The old array's memory is given back at once: left to the garbage
 * collector, tables that doubled up to 64 MB hold as much again. What was not written of the new one takes
 * no memory yet, which is why this is not `ArrayBuffer.transfer` to a new length: that fills it.
 */
export function resizeBytes(array: Uint8Array<ArrayBuffer>, length: number) {
  return moved(array, new Uint8Array(length))
}

export function resizeIntegers(array: Int32Array<ArrayBuffer>, length: number) {
  return moved(array, new Int32Array(length))
}

export function resizeNumbers(array: Float64Array<ArrayBuffer>, length: number) {
  return moved(array, new Float64Array(length))
}

interface Numbers {
  readonly buffer: ArrayBuffer
}

function moved<Array extends Numbers & { set(from: Array): void }>(from: Array, to: Array): Array {
  to.set(from)
  release(from)
  return to
}

/** Gives the memory of arrays back now; they are empty from then on. */
export function release(...arrays: readonly Numbers[]): void {
  for (const { buffer } of arrays) buffer.transfer(0)
}

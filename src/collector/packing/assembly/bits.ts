import { output } from './layout'

/** Where the next whole byte goes, and the bits that are not written yet. */
let to: usize = output
let bits: u64 = 0
let count: u64 = 0

export function startBits(): void {
  to = output
  bits = 0
  count = 0
}

/** Up to 56 bits, the lowest first. */
@inline
export function putBits(value: u64, length: u64): void {
  bits |= value << count
  count += length
  store<u64>(to, bits)
  const whole = count >> 3
  to += <usize>whole
  bits >>= whole << 3
  count &= 7
}

/** A block that holds nothing, so that what follows begins with a byte; returns how many bytes there are. */
export function endOnByte(): i32 {
  putBits(0, 3)
  if (count > 0) putBits(0, 8 - count)
  putBits(0xffff0000, 32)
  return <i32>(to - output)
}

import { areSame } from './texts'

/** The objects of a body in JSON, and what else has names. */
export const COLLECTION: i32 = 0
export const PAYLOAD: i32 = 1
export const PARAMETER: i32 = 2
export const ENVIRONMENT: i32 = 3

const KINDS: i32 = 4
/** Names by kind and length: few share one. */
const LENGTHS: i32 = 24
const MOST: i32 = 8
/** A name, padded, and the number of its field. */
const NAME_BYTES: usize = 32
const NUMBER: usize = 28
const counts: usize = memory.data(KINDS * LENGTHS)
const names: usize = memory.data(KINDS * LENGTHS * MOST * 32 + 32, 16)

/** Makes the name that JavaScript has written to `name` known. Field numbers are from 1 up. */
export const name: usize = memory.data(64, 16)

export function addName(kind: i32, length: i32, field: i32): void {
  const bucket = kind * LENGTHS + length
  const count = load<u8>(counts + bucket)
  store<u8>(counts + bucket, count + 1)
  const at = names + <usize>(bucket * MOST + count) * NAME_BYTES
  memory.copy(at, name, length)
  store<i32>(at, field, NUMBER)
}

/** The number of a name's field, or 0. */
@inline
export function fieldOf(kind: i32, from: usize, length: i32): i32 {
  if (length >= LENGTHS) return 0
  const bucket = kind * LENGTHS + length
  let at = names + <usize>(bucket * MOST) * NAME_BYTES
  for (let left = load<u8>(counts + bucket); left > 0; left--) {
    if (areSame(at, from, length)) return load<i32>(at, NUMBER)
    at += NAME_BYTES
  }
  return 0
}

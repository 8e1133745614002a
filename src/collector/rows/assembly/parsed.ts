/** What is known of the body that was read last, besides the tables. */

/** Where bodies lie. */
export const body: usize = (__heap_base + 63) & ~63
export const MAX_BODY: i32 = 131_072
/** Where rows are made. */
export const made: usize = body + MAX_BODY + 64
export const MAX_MADE: i32 = 1_048_576

/** Fields of the collection that are there, a bit each. */
export let present: u32 = 0
export let env: i32 = 0
export let payloadCount: i32 = 0

export function setCollection(fields: u32, environment: i32, count: i32): void {
  present = fields
  env = environment
  payloadCount = count
}

/** What a value is; texts with a backslash in them apart. */
export const TEXT = 1
export const ESCAPED_TEXT = 2
export const NUMBER = 3
export const LITERAL = 4
export const OBJECT = 5
export const LIST = 6

/** Lines with more members than this are no log lines. */
export const MAX_MEMBERS = 1_000

/**
 * Names and values of one line as places in its bytes: names without their quotes, texts without
 * theirs, everything else whole. A table is filled anew by each scan.
 */
export abstract class Members {
  count = 0
  /** Of the names, their order and their lengths: equal for lines of one shape, seldom for others. */
  shape = 0
  readonly nameFrom = new Int32Array(MAX_MEMBERS)
  readonly nameTo = new Int32Array(MAX_MEMBERS)
  readonly valueFrom = new Int32Array(MAX_MEMBERS)
  readonly valueTo = new Int32Array(MAX_MEMBERS)
  readonly kind = new Uint8Array(MAX_MEMBERS)
  /** Some name has a backslash in it. */
  hasEscapedName = false

  /** Scans what begins at `from`: the place behind its end, or -1 where it is nothing of the kind. */
  abstract scan(bytes: Uint8Array, from: number, to: number): number
}

/** The shape after one more name. */
export const withName = (
  shape: number,
  length: number,
  first: number | undefined,
  last: number | undefined,
): number => Math.imul(shape, 0x01000193) ^ (length | ((first ?? 0) << 8) | ((last ?? 0) << 16))

/**
 * Where things lie in the memory that this module shares with JavaScript: tables, and behind them the body of a
 * request and the rows that are made of it (`../row-machine.ts`). What is exported as a number is an address.
 */

/** Bodies with more of them are left to JavaScript. */
export const MAX_PAYLOADS: i32 = 1_000
export const MAX_PARAMETERS: i32 = 4_096
/** Texts of a collection in all, in bytes; larger ones are left to JavaScript. */
export const MAX_SHARED: i32 = 4_096
/** What one byte becomes at most: `\u0001`. */
export const WORST_GROWTH: i32 = 6
/** Vectors read and write so many bytes beyond the end. */
export const MARGIN: i32 = 32

/** By number of the field: where the text starts and ends. */
export const COLLECTION_FIELDS: i32 = 15
export const collectionStarts: usize = memory.data(COLLECTION_FIELDS * 4, 16)
export const collectionEnds: usize = memory.data(COLLECTION_FIELDS * 4, 16)

/**
 * A payload: which fields it has (a bit each), its size in the body, its parameters (from, to), `at`, `nr`, and by number of
 * the field where the text starts and ends.
 */
export const PRESENT: usize = 0
export const SIZE: usize = 4
export const PARAMETERS_FROM: usize = 8
export const PARAMETERS_TO: usize = 12
export const AT: usize = 16
export const NR: usize = 24
export const TEXTS: usize = 32
export const PAYLOAD_BYTES: usize = 32 + 9 * 8
export const payloads: usize = memory.data(MAX_PAYLOADS * 104, 16)

/** A parameter: start and end of its name, start and end of its value. */
export const PARAMETER_BYTES: usize = 16
export const parameters: usize = memory.data(MAX_PARAMETERS * 16, 16)

/** Texts that JavaScript sets: when the rows came (23 characters), and the client's address. */
export const RECEIVED_AT_BYTES: i32 = 23
export const receivedAt: usize = memory.data(32, 16)
export const MAX_ADDRESS: i32 = 64
export const clientAddress: usize = memory.data(MAX_ADDRESS + MARGIN, 16)

/** What rows of one request have in common, as it stands in them. */
export const shared: usize = memory.data(MAX_SHARED * WORST_GROWTH + 64 + MARGIN, 16)

/** A text whose digest is taken, with room for what MD5 puts behind it; and the digest in hexadecimal. */
export const hashed: usize = memory.data(MAX_SHARED + 128 + MARGIN, 16)
export const digest: usize = memory.data(32, 16)

/** 16 bytes of ones and then 16 of zeros: read `length` bytes before the middle, a mask of so many bytes. */
export const masks: usize = memory.data<u8>([
  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
], 16)

/** Where things lie in the memory that this module shares with JavaScript (`../deflater.ts`). */

/** What is packed in one piece at most, in bytes. */
export const MAX_INPUT: i32 = 524_288
/** Literals and matches of one block; with the last, a block of its own begins. */
export const MAX_TOKENS: i32 = 32_768

/** A literal: its byte. A match: its length from bit 16 on, and its distance, less one. */
export const tokens: usize = memory.data(MAX_TOKENS * 4, 16)

/** Literals, the end of a block, and codes of lengths; codes of distances; codes that lengths of codes are written in. */
export const LITERALS: i32 = 286
export const DISTANCES: i32 = 30
export const LENGTHS: i32 = 19
/** How often each comes in the block. */
export const literalCounts: usize = memory.data(LITERALS * 4, 16)
export const distanceCounts: usize = memory.data(DISTANCES * 4, 16)
export const lengthCounts: usize = memory.data(LENGTHS * 4, 16)
/** Their codes: the bits as they are written, and how many from bit 24 on. */
export const literalCodes: usize = memory.data(LITERALS * 4, 16)
export const distanceCodes: usize = memory.data(DISTANCES * 4, 16)
export const lengthCodes: usize = memory.data(LENGTHS * 4, 16)

/** Behind all tables: what is packed, and what becomes of it. */
export const input: usize = (__heap_base + 63) & ~63
export const output: usize = input + MAX_INPUT + 64
/** Fifteen bits a byte at worst, and tables of codes. */
export const MAX_OUTPUT: i32 = 2 * MAX_INPUT + 65_536

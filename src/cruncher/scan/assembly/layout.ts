/**
 * Where things lie in the memory that this module shares with JavaScript: tables, known shapes, and then
 * the lines. What is exported here as a number is an address.
 */

/** Lines with more members than this are left to JavaScript. */
export const MAX_MEMBERS: i32 = 256
/** As deep as objects are read into one another. */
export const MAX_DEPTH: i32 = 6

/** By member: four arrays of i32, and what it is (its kind, as `members.ts` numbers them). */
export const nameFrom: usize = memory.data(MAX_MEMBERS * 4, 16)
export const nameTo: usize = memory.data(MAX_MEMBERS * 4, 16)
export const valueFrom: usize = memory.data(MAX_MEMBERS * 4, 16)
export const valueTo: usize = memory.data(MAX_MEMBERS * 4, 16)
export const kinds: usize = memory.data(MAX_MEMBERS, 16)
/** By member: length of the name, depth, and whether it is an object: what with the names makes the shape. */
export const signs: usize = memory.data(MAX_MEMBERS * 4, 16)
/** The object in which the members of a depth are, by its place. */
export const parents: usize = memory.data((MAX_DEPTH + 1) * 4, 16)
/** Parts of an access line, by `access.ts`. */
export const places: usize = memory.data(16 * 4, 16)

/** 16 bytes of ones and then 16 of zeros: read `length` bytes before the middle, a mask of so many bytes. */
export const masks: usize = memory.data<u8>([
  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
], 16)

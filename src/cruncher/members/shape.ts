import type { Condition } from './condition.ts'
import type { FormatNames } from './format-names.ts'
import type { MemberFormat } from './member-format.ts'
import type { Members } from './members.ts'

/**
 * What to do with the members of objects of one shape, that is of the same names in the same order:
 * found out once and kept, so that a line costs no look-up of a name. One for each format that lines of
 * this shape can be of.
 */
export interface Shape {
  /** The names, one after the other, to tell shapes of one hash apart. */
  readonly names: Buffer
  readonly nameEnds: Int32Array
  /** Candidates, in order; whether a line is of one may hang on its values. */
  readonly readings: readonly Reading[]
}

/** What one format makes of the members of objects of one shape. */
export interface Reading {
  readonly format: MemberFormat
  /** By member: the destination's number, and its scale. */
  readonly to: Uint8Array
  readonly scale: Float64Array
  /** By member: the name within objects, as it is put before the members of a nested one; names are UTF-8. */
  readonly paths: readonly string[]
  /** By member: shapes of the objects within, by their hashes, filled as they are met; none: nothing is looked for there. */
  readonly nested: readonly (Map<number, Shape[]> | undefined)[]
  /** Members whose values decide, by their place. */
  readonly conditions: readonly Condition[]
  /** Members that others stand in for, in lines where they are null or something with members. */
  readonly contested: readonly number[]
  /** The reading of the same shape in which a member is an attribute. */
  readonly without: (member: number) => Reading
}

/** What a configuration adds to the names that are known, and what of a record is used at all. */
export interface ReadingOptions {
  readonly namesOf: (format: MemberFormat) => FormatNames
  /** Numbers of destinations that are used; the others are passed over. */
  readonly isWanted: (to: number) => boolean
}

/** Whether the shape's names are those of the members; what has the same hash may have others. */
export function isOfShape(shape: Shape, members: Members, bytes: Uint8Array): boolean {
  const { names, nameEnds } = shape
  const { count, nameFrom, nameTo } = members
  if (nameEnds.length !== count) return false
  let at = 0
  for (let member = 0; member < count; member++) {
    let from = nameFrom[member] ?? 0
    const to = nameTo[member] ?? 0
    if ((nameEnds[member] ?? 0) - at !== to - from) return false
    while (from < to) if (bytes[from++] !== names[at++]) return false
  }
  return true
}

import type { FieldName } from '../fields/field-name.ts'
import type { Sample, Sureness } from '../format.ts'
import type { LevelScale } from '../level.ts'

/** A logger that writes an object a line: by what it is known, and what its names mean. */
export interface MemberFormat {
  readonly name: string
  readonly title: string
  readonly sureness: Sureness
  /** Names that must be among the object's own members. */
  readonly has?: readonly string[]
  /** Of each list one must be there. */
  readonly hasOneOf?: readonly (readonly string[])[]
  /** How many there must be at least. */
  readonly leastMembers?: number
  readonly hasNot?: readonly string[]
  /** Members that must be exactly one of these texts (or numbers, as they are written). */
  readonly values?: Readonly<Record<string, readonly string[]>>
  /** Members that must be numbers, texts, objects, lists. */
  readonly kinds?: Readonly<Record<string, 'number' | 'text' | 'object' | 'list'>>
  /**
   * What its names mean where it is not what they mean elsewhere; names within objects are joined by
   * dots. The first of two names of one field is the better one.
   */
  readonly fields?: Readonly<Record<string, FieldName>>
  /** What numbers as levels mean. */
  readonly levels?: LevelScale
  /** Its own words or numbers for levels, as they are written, to the numbers of levels. */
  readonly levelWords?: ReadonlyMap<string, number>
  /** A field whose text is a line of its own: this format is an envelope. */
  readonly envelope?: boolean
  readonly multiline?: boolean
  readonly samples: readonly Sample[]
}

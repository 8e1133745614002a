import type { FieldName } from '../fields/field-name.ts'
import type { Sample, Sureness } from '../format.ts'
import type { LevelScale } from '../level.ts'
import type { LEVELS } from '../record.ts'

/** By what an object is known: all of this must hold. Names are those of the object's own members. */
export interface Recognition {
  /** Names that must be there. */
  readonly has?: readonly string[]
  /** Of each list one must be there. */
  readonly hasOneOf?: readonly (readonly string[])[]
  readonly hasNot?: readonly string[]
  /** How many members there must be at least. */
  readonly leastMembers?: number
  /** How many there may be. */
  readonly mostMembers?: number
  /** Members that must be exactly one of these texts (or numbers, as they are written). */
  readonly values?: Readonly<Record<string, readonly string[]>>
  /** Members that must be numbers, texts, objects, lists. */
  readonly kinds?: Readonly<Record<string, 'number' | 'text' | 'object' | 'list'>>
}

/** A logger that writes an object a line: by what it is known, and what its names mean. */
export interface MemberFormat extends Recognition {
  readonly name: string
  readonly title: string
  readonly sureness: Sureness
  /** Other ways in which it is known: its settings, its versions. */
  readonly or?: readonly Recognition[]
  /**
   * What its names mean where it is not what they mean elsewhere; names within objects are joined by
   * dots. The first of two names of one field is the better one.
   */
  readonly fields?: Readonly<Record<string, FieldName>>
  /** What numbers as levels mean. */
  readonly levels?: LevelScale
  /** Its own words or numbers for levels, as they are written, to the numbers of levels. */
  readonly levelWords?: ReadonlyMap<string, number>
  /** The level of a line that gives none. */
  readonly levelIfNone?: (typeof LEVELS)[number]
  /** What stands where there is nothing (`-`), in ASCII: such a field is not set. */
  readonly absent?: readonly string[]
  /** Lists of objects that have a `key` and a `value` each, as OpenTelemetry has them: paths. */
  readonly keyValueLists?: readonly string[]
  /**
   * Its lines hold many records: the names of the list that they are in, and of the lists within that
   * one's objects. Each becomes a record, with what stands around the lists.
   */
  readonly records?: readonly string[]
  /** Its message is a line of its own, of any format; `syslog`: it may be a line of syslog, but is a text elsewhere. */
  readonly envelope?: boolean | 'syslog'
  /** Lines that no format claims may belong to its records. */
  readonly multiline?: boolean
  readonly samples: readonly Sample[]
}

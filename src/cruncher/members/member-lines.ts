import { assign } from '../fields/assign.ts'
import {
  TO_ATTRIBUTE,
  TO_LEVEL,
  TO_NESTED,
  TO_NOTHING,
  type FieldName,
} from '../fields/field-name.ts'
import { bunyanLevel, SYSLOG_LEVELS } from '../level.ts'
import { numberOf } from '../number.ts'
import { ESCAPED, JSON_VALUE, type LogRecord, PLAIN, type ValueKind } from '../record.ts'
import type { MemberFormat } from './member-format.ts'
import { ESCAPED_TEXT, LIST, LITERAL, type Members, NUMBER, OBJECT, TEXT } from './members.ts'
import {
  describeShape,
  isMet,
  isOfShape,
  type Reading,
  type ReadingOptions,
  type Shape,
} from './shape.ts'

/** Shapes that are kept; of objects whose names are data there would be ever more. */
const MAX_SHAPES = 4_096
/** As deep as fields are looked for within objects; what is deeper is an attribute as it stands. */
const MAX_NESTING = 4
const LETTER_N = 0x6e

export interface MemberLinesOptions {
  /** Makes what scans a line. */
  readonly members: () => Members
  readonly formats: readonly MemberFormat[]
  /** Users' names for fields. */
  readonly names?: ReadonlyMap<string, FieldName>
  /** Destinations that are used; without, all. */
  readonly isWanted?: (to: number) => boolean
}

/** Reads lines that are names and values: JSON objects or pairs, whatever logger wrote them. */
export class MemberLines {
  readonly #formats: readonly MemberFormat[]
  readonly #options: ReadingOptions
  /** By depth: within one object another is read. */
  readonly #members: readonly Members[]
  readonly #shapes = new Map<number, Shape[]>()
  #shapeCount = 0

  constructor({ members, formats, names = new Map(), isWanted = () => true }: MemberLinesOptions) {
    this.#members = Array.from({ length: MAX_NESTING }, members)
    this.#formats = formats
    this.#options = { names, isWanted }
  }

  /**
   * Fills the record from what fills the line, and says of which format it is; nothing: it is no such
   * line, or no format knows it. The record is left as it was then.
   */
  claim(bytes: Buffer, from: number, to: number, record: LogRecord): MemberFormat | undefined {
    const [members] = this.#members
    if (members === undefined || !scanWhole(members, bytes, from, to)) return undefined
    for (const reading of this.#shapeOf(members, bytes).readings) {
      if (reading.conditions.length > 0 && !isMet(reading, members, bytes)) continue
      this.#apply(reading, members, bytes, record, 1)
      return reading.format
    }
    return undefined
  }

  /** All formats that the line could be of, best first. */
  candidates(bytes: Buffer, from: number, to: number): readonly MemberFormat[] {
    const [members] = this.#members
    if (members === undefined || !scanWhole(members, bytes, from, to)) return []
    return this.#shapeOf(members, bytes)
      .readings.filter(reading => isMet(reading, members, bytes))
      .map(({ format }) => format)
  }

  #shapeOf(members: Members, bytes: Buffer): Shape {
    const known = find(this.#shapes.get(members.shape), members, bytes)
    if (known !== undefined) return known
    const shape = describeShape(members, bytes, this.#formats, '', this.#options)
    this.#keep(this.#shapes, members.shape, shape)
    return shape
  }

  #keep(shapes: Map<number, Shape[]>, hash: number, shape: Shape): void {
    if (++this.#shapeCount > MAX_SHAPES) {
      this.#shapes.clear()
      this.#shapeCount = 1
    }
    const same = shapes.get(hash)
    if (same === undefined) shapes.set(hash, [shape])
    else same.push(shape)
  }

  #apply(
    reading: Reading,
    members: Members,
    bytes: Buffer,
    record: LogRecord,
    depth: number,
  ): void {
    const { to, scale } = reading
    for (let at = 0; at < members.count; at++) {
      const destination = to[at] ?? TO_NOTHING
      if (destination === TO_NOTHING) continue
      const from = members.valueFrom[at] ?? 0
      const end = members.valueTo[at] ?? 0
      const kind = members.kind[at] ?? 0
      if (destination === TO_NESTED && kind === OBJECT && depth < MAX_NESTING) {
        this.#applyNested(reading, at, bytes, from, end, record, depth)
        continue
      }
      if (destination < TO_ATTRIBUTE && isScalar(kind, bytes[from])) {
        if (destination === TO_LEVEL && kind === NUMBER) {
          record.level = levelOfNumber(reading.format, numberOf(bytes, from, end))
          if (record.level !== 0) continue
        } else if (assign(record, destination, scale[at] ?? 1, bytes, from, end, textKind(kind))) {
          continue
        }
      }
      if (!record.keepsAttributes) continue
      addAttribute(reading, members, at, record, depth)
    }
  }

  #applyNested(
    reading: Reading,
    member: number,
    bytes: Buffer,
    from: number,
    to: number,
    record: LogRecord,
    depth: number,
  ): void {
    const members = this.#members[depth]
    if (members === undefined) return
    // It was checked when what it lies in was scanned; an object of too many members is one attribute.
    const path = reading.paths[member] ?? ''
    if (members.scan(bytes, from, to) < 0) {
      record.addSlice(path, from, to, JSON_VALUE)
      return
    }
    const shapes = reading.nested[member]
    let shape = find(shapes?.get(members.shape), members, bytes)
    if (shape === undefined) {
      shape = describeShape(members, bytes, [reading.format], `${path}.`, this.#options)
      if (shapes !== undefined) this.#keep(shapes, members.shape, shape)
    }
    const [nested] = shape.readings
    if (nested !== undefined) this.#apply(nested, members, bytes, record, depth + 1)
  }
}

function find(
  shapes: readonly Shape[] | undefined,
  members: Members,
  bytes: Buffer,
): Shape | undefined {
  if (shapes === undefined) return undefined
  for (const shape of shapes) if (isOfShape(shape, members, bytes)) return shape
  return undefined
}

/** Whether an object is the whole line, but for blanks. */
function scanWhole(members: Members, bytes: Buffer, from: number, to: number): boolean {
  let end = members.scan(bytes, from, to)
  if (end < 0) return false
  while (end < to && (bytes[end] === 0x20 || bytes[end] === 0x09 || bytes[end] === 0x0d)) end++
  return end === to
}

/** A value that a field can take: neither null nor something with members. */
const isScalar = (kind: number, first: number | undefined): boolean =>
  kind !== OBJECT && kind !== LIST && !(kind === LITERAL && first === LETTER_N)

const textKind = (kind: number): ValueKind => (kind === ESCAPED_TEXT ? ESCAPED : PLAIN)

function valueKind(kind: number): ValueKind {
  if (kind === TEXT) return PLAIN
  return kind === ESCAPED_TEXT ? ESCAPED : JSON_VALUE
}

function addAttribute(
  reading: Reading,
  members: Members,
  at: number,
  record: LogRecord,
  depth: number,
): void {
  const from = members.valueFrom[at] ?? 0
  const to = members.valueTo[at] ?? 0
  const kind = valueKind(members.kind[at] ?? 0)
  if (depth > 1) {
    record.addSlice(reading.paths[at] ?? '', from, to, kind)
    return
  }
  const nameKind = members.hasEscapedName ? ESCAPED : PLAIN
  record.addNamedSlice(members.nameFrom[at] ?? 0, members.nameTo[at] ?? 0, nameKind, from, to, kind)
}

function levelOfNumber(format: MemberFormat, number: number): number {
  if (format.levels === 'syslog') return SYSLOG_LEVELS[number] ?? 0
  if (format.levels === 'bunyan' || (number >= 10 && number <= 60)) return bunyanLevel(number)
  return 0
}

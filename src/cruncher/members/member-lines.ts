import { type FieldName, TO_ATTRIBUTE, TO_LEVEL, TO_NOTHING } from '../fields/field-name.ts'
import { GENERIC, type Sureness } from '../format.ts'
import { levelOfText } from '../level.ts'
import { ABSENT, ESCAPED, type LogRecord, PLAIN } from '../record.ts'
import { areMet } from './condition.ts'
import { describeShape } from './describe-shape.ts'
import type { MemberFormat } from './member-format.ts'
import { ESCAPED_TEXT, LIST, type Members, OBJECT } from './members.ts'
import { type FormatNames, formatNames } from './format-names.ts'
import { putKeyValues } from './key-values.ts'
import { type Element, elementAt } from './list-element.ts'
import { isKeyValueList } from './reading.ts'
import { attributeKind, isPlainText, isScalar, putValue } from './put-value.ts'
import { isOfShape, type Reading, type ReadingOptions, type Shape } from './shape.ts'
import { type Scanner, UNKNOWN_SHAPE } from '../scan/scanner.ts'
import { applyFlat, type FlatReading, type FlatShape, isPlain } from './flat-shape.ts'
import { flattenShape } from './flatten-shape.ts'

/** What kept shapes may take, roughly; of objects whose names are data there would be ever more. */
const MAX_SHAPE_BYTES = 16_777_216
const SHAPE_BYTES = 2_000
const MEMBER_BYTES = 300
/** Shapes of one hash that are kept: more of them are names that are data, and looking through them takes longer than anew. */
const MAX_ALIKE = 16
/** As deep as fields are looked for within objects; what is deeper is an attribute as it stands. */
const MAX_NESTING = 6

export interface MemberLinesOptions {
  /** Makes what scans a line. */
  readonly members: () => Members
  /** Scans most lines instead of it: those that are in the scanner's memory. */
  readonly quick?: QuickScan | undefined
  /** Those that are surer go before. */
  readonly formats: readonly MemberFormat[]
  /** Users' names for fields. */
  readonly names?: ReadonlyMap<string, FieldName>
  /** Destinations that are used; without, all. */
  readonly isWanted?: (to: number) => boolean
}

export interface QuickScan {
  readonly scanner: Scanner
  /** One of the scanner's. */
  readonly scan: (from: number, to: number) => number
}

/** Reads lines that are names and values: JSON objects or pairs, whatever logger wrote them. */
export class MemberLines {
  readonly #formats: readonly MemberFormat[]
  readonly #options: ReadingOptions
  /** By depth: within one object another is read. */
  readonly #members: readonly Members[]
  /** For lists of keys and values. */
  readonly #pair: Members
  readonly #value: Members
  readonly #shapes = new Map<number, Shape[]>()
  #shapeBytes = 0
  readonly #quick: QuickScan | undefined
  /** By the scanner's numbers of shapes, those of its generation. */
  #flat: (FlatShape | undefined)[] = []
  #generation = 0

  constructor(options: MemberLinesOptions) {
    const { members, quick, formats, names = new Map(), isWanted = () => true } = options
    this.#quick = quick
    this.#members = Array.from({ length: MAX_NESTING }, members)
    this.#pair = members()
    this.#value = members()
    this.#formats = formats
    const known = new Map<MemberFormat, FormatNames>()
    const namesOf = (format: MemberFormat): FormatNames => {
      const found = known.get(format) ?? formatNames(format, names)
      known.set(format, found)
      return found
    }
    this.#options = { namesOf, isWanted }
  }

  /**
   * Fills the record from the names and values that are the line, and says of which format it is, of those that are at least
   * so sure; nothing: it is no such line, or no format knows it. The record is left as it was then.
   */
  claim(
    bytes: Buffer,
    from: number,
    to: number,
    record: LogRecord,
    least: Sureness = GENERIC,
  ): MemberFormat | undefined {
    const quick = this.#quick
    let isUnknown = false
    if (quick !== undefined && bytes === quick.scanner.bytes) {
      const shape = quick.scan(from, to)
      isUnknown = shape === UNKNOWN_SHAPE
      const flat = shape < 0 ? undefined : this.#flatOf(shape, quick.scanner)
      const reading = flat === undefined ? LEFT : pick(flat, least, quick.scanner)
      if (reading === undefined) return undefined
      if (reading !== LEFT) {
        applyFlat(reading, quick.scanner, record)
        return reading.format
      }
    }
    const [members] = this.#members
    if (members === undefined || !scanWhole(members, bytes, from, to)) return undefined
    const known = find(this.#shapes.get(members.shape), members, bytes)
    const shape = known ?? this.#describe(members, bytes)
    // What is seen a second time will be seen again.
    if (isUnknown && known !== undefined) this.#flatten(known, quick?.scanner, bytes)
    for (const reading of shape.readings) {
      if (reading.format.sureness < least) return undefined
      if (reading.conditions.length > 0 && !areMet(reading.conditions, members, bytes)) continue
      this.#apply(reading, members, bytes, record, 1)
      return withLevel(record, reading.format)
    }
    return undefined
  }

  /** All formats that the line could be of, best first. */
  candidates(bytes: Buffer, from: number, to: number): readonly MemberFormat[] {
    const [members] = this.#members
    if (members === undefined || !scanWhole(members, bytes, from, to)) return []
    const known = find(this.#shapes.get(members.shape), members, bytes)
    const { readings } = known ?? this.#describe(members, bytes)
    const met = readings.filter(({ conditions }) => areMet(conditions, members, bytes))
    return [...new Set(met.map(({ format }) => format))]
  }

  #describe(members: Members, bytes: Buffer): Shape {
    const shape = describeShape(members, bytes, this.#formats, '', this.#options)
    this.#keep(this.#shapes, members.shape, shape)
    return shape
  }

  #keep(shapes: Map<number, Shape[]>, hash: number, shape: Shape): void {
    const { names, nameEnds, readings } = shape
    const each = names.length + nameEnds.length * MEMBER_BYTES
    this.#shapeBytes += SHAPE_BYTES + each * (1 + readings.length)
    if (this.#shapeBytes > MAX_SHAPE_BYTES) {
      // Those of objects within go with the shapes that hold them.
      this.#shapes.clear()
      this.#shapeBytes = 0
    }
    const same = shapes.get(hash)
    if (same === undefined) shapes.set(hash, [shape])
    else if (same.push(shape) > MAX_ALIKE) same.shift()
  }

  #apply(given: Reading, members: Members, bytes: Buffer, record: LogRecord, depth: number): void {
    const reading = given.contested.length === 0 ? given : usable(given, members, bytes)
    const { to, scale, format } = reading
    for (let at = 0; at < members.count; at++) {
      const destination = to[at] ?? TO_NOTHING
      if (destination === TO_NOTHING) continue
      const from = members.valueFrom[at] ?? 0
      const end = members.valueTo[at] ?? 0
      const kind = members.kind[at] ?? 0
      if (kind === OBJECT) {
        if (this.#putObject(reading, at, bytes, from, end, record, depth)) continue
      } else if (kind === LIST) {
        if (this.#putList(reading, at, bytes, from, end, record, depth)) continue
      } else if (isPlainText(destination, kind, format) && record.kind[destination] === ABSENT) {
        record.setSlice(destination, from, end, kind === ESCAPED_TEXT ? ESCAPED : PLAIN)
        continue
      } else if (destination < TO_ATTRIBUTE) {
        const value = { bytes, from, to: end, kind }
        if (putValue(record, format, destination, scale[at] ?? 1, value)) continue
      }
      if (record.keepsAttributes) addAttribute(reading, members, at, record, depth)
    }
  }

  /** Whether the members of an object have been put where they go; else it is an attribute as it stands. */
  #putObject(
    reading: Reading,
    member: number,
    bytes: Buffer,
    from: number,
    to: number,
    record: LogRecord,
    depth: number,
  ): boolean {
    const shape = this.#shapeWithin(reading, member, bytes, from, to, depth)
    const members = this.#members[depth]
    if (shape === undefined || members === undefined) return false
    const [nested] = shape.readings
    if (nested !== undefined) this.#apply(nested, members, bytes, record, depth + 1)
    return true
  }

  /** The shape of the object that a member is, scanned; nothing: nothing is looked for in it, or it cannot be. */
  #shapeWithin(
    reading: Reading,
    member: number,
    bytes: Buffer,
    from: number,
    to: number,
    depth: number,
  ): Shape | undefined {
    const shapes = reading.nested[member]
    const members = this.#members[depth]
    // It was checked when what it lies in was scanned; but it may have too many members.
    if (shapes === undefined || members === undefined) return undefined
    if (members.scan(bytes, from, to) < 0) return undefined
    const known = find(shapes.get(members.shape), members, bytes)
    if (known !== undefined) return known
    const prefix = `${reading.paths[member]}.`
    const shape = describeShape(members, bytes, [reading.format], prefix, this.#options)
    this.#keep(shapes, members.shape, shape)
    return shape
  }

  #flatOf(shape: number, { generation }: Scanner): FlatShape | undefined {
    if (generation === this.#generation) return this.#flat[shape]
    this.#flat = []
    this.#generation = generation
    return undefined
  }

  /** Keeps what the shape of the line that was just scanned says as one list for all its objects. */
  #flatten(shape: Shape, scanner: Scanner | undefined, bytes: Buffer): void {
    if (scanner === undefined) return
    const flat = flattenShape(shape, scanner, (reading, member, place, depth) => {
      const from = scanner.valueFrom[place] ?? 0
      const to = scanner.valueTo[place] ?? 0
      return this.#shapeWithin(reading, member, bytes, from, to, depth)
    })
    const number = scanner.addShape()
    if (number < 0) return
    this.#flatOf(number, scanner)
    this.#flat[number] = flat
  }

  /** A list counts as what is first in it; if there is more, it is an attribute, too. */
  #putList(
    reading: Reading,
    member: number,
    bytes: Buffer,
    from: number,
    to: number,
    record: LogRecord,
    depth: number,
  ): boolean {
    const destination = reading.to[member] ?? TO_NOTHING
    const { format, paths } = reading
    if (destination >= TO_ATTRIBUTE && reading.nested[member] === undefined) return false
    if (isKeyValueList(paths[member] ?? '', format)) {
      const reader = { pair: this.#pair, value: this.#value, options: this.#options }
      putKeyValues(reader, reading, bytes, { from, to }, record)
      return true
    }
    const element = elementAt(bytes, from + 1, to)
    if (element === undefined) return false
    const isOnly = element.next < 0
    if (element.kind === OBJECT) {
      const isPut = this.#putObject(reading, member, bytes, element.from, element.to, record, depth)
      return isPut && isOnly
    }
    if (destination === TO_LEVEL)
      return putLevelOfList(format, bytes, element, to, record) && isOnly
    if (destination >= TO_ATTRIBUTE || !isOnly) return false
    const value = { bytes, from: element.from, to: element.to, kind: element.kind }
    return putValue(record, format, destination, reading.scale[member] ?? 1, value)
  }
}

/** The line is for Members: what its values are decides what is looked for in it. */
const LEFT = Symbol('left')

/** The first reading whose conditions are met; nothing: the line is of no format that is so sure. */
function pick(
  { readings }: FlatShape,
  least: Sureness,
  scanner: Scanner,
): FlatReading | undefined | typeof LEFT {
  for (let i = 0; i < readings.length; i++) {
    const reading = readings[i]
    if (reading === undefined || reading.sureness < least) return undefined
    const { conditions } = reading
    if (conditions.length > 0 && !areMet(conditions, scanner, scanner.bytes)) continue
    return isPlain(reading, scanner) ? reading : LEFT
  }
  return undefined
}

function withLevel(record: LogRecord, format: MemberFormat): MemberFormat {
  const { levelIfNone } = format
  if (record.level === 0 && levelIfNone !== undefined) record.level = levelOfText(levelIfNone)
  return format
}

/** Of tags, the first that is a level. */
function putLevelOfList(
  format: MemberFormat,
  bytes: Buffer,
  first: Element,
  to: number,
  record: LogRecord,
): boolean {
  let element: Element | undefined = first
  while (element !== undefined) {
    const value = { bytes, from: element.from, to: element.to, kind: element.kind }
    if (putValue(record, format, TO_LEVEL, 1, value)) return true
    element = element.next < 0 ? undefined : elementAt(bytes, element.next, to)
  }
  return false
}

/** The reading for a line in which some of the members that others stand in for have no usable value. */
function usable(given: Reading, members: Members, bytes: Uint8Array): Reading {
  let reading = given
  for (let at = 0; at < reading.contested.length; at++) {
    const member = reading.contested[at] ?? 0
    const from = members.valueFrom[member] ?? 0
    const isEmpty = from === members.valueTo[member]
    if (!isEmpty && isScalar(members.kind[member] ?? 0, bytes[from])) continue
    reading = reading.without(member)
    at = -1
  }
  return reading
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

function addAttribute(
  reading: Reading,
  members: Members,
  at: number,
  record: LogRecord,
  depth: number,
): void {
  const from = members.valueFrom[at] ?? 0
  const to = members.valueTo[at] ?? 0
  const kind = attributeKind(members.kind[at] ?? 0)
  if (depth > 1) {
    record.addSlice(reading.paths[at] ?? '', from, to, kind)
    return
  }
  const nameKind = members.hasEscapedName ? ESCAPED : PLAIN
  record.addNamedSlice(members.nameFrom[at] ?? 0, members.nameTo[at] ?? 0, nameKind, from, to, kind)
}

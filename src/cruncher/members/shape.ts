import {
  ATTRIBUTE,
  type Destination,
  destinationOf,
  TO_NESTED,
  TO_NOTHING,
} from '../fields/field-name.ts'
import { KNOWN_NAMES } from '../fields/known-names.ts'
import type { FieldName } from '../fields/field-name.ts'
import type { MemberFormat } from './member-format.ts'
import { ESCAPED_TEXT, LIST, type Members, NUMBER, OBJECT, TEXT } from './members.ts'

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

export interface Reading {
  readonly format: MemberFormat
  /** By member: the destination's number, and its scale. */
  readonly to: Uint8Array
  readonly scale: Float64Array
  /** By member: the name within objects, as it is put before the members of a nested one; names are UTF-8. */
  readonly paths: readonly string[]
  /** By member: shapes of the objects within, by their hashes; filled as they are met. */
  readonly nested: readonly (Map<number, Shape[]> | undefined)[]
  /** Members whose values decide, by their place. */
  readonly conditions: readonly Condition[]
}

interface Condition {
  readonly member: number
  /** Kinds of values it may be of; none: any. */
  readonly kinds: readonly number[] | undefined
  readonly values: readonly Buffer[] | undefined
}

/** What a configuration adds to the names that are known, and what of a record is used at all. */
export interface ReadingOptions {
  readonly names: ReadonlyMap<string, FieldName>
  /** Numbers of destinations that are used; the others are passed over. */
  readonly isWanted: (to: number) => boolean
}

/** The shape of the members that were just scanned, for the formats that can have it. */
export function describeShape(
  members: Members,
  bytes: Buffer,
  formats: readonly MemberFormat[],
  prefix: string,
  options: ReadingOptions,
): Shape {
  const names: string[] = []
  const nameEnds = new Int32Array(members.count)
  const parts: Buffer[] = []
  let length = 0
  for (let at = 0; at < members.count; at++) {
    const name = bytes.subarray(members.nameFrom[at], members.nameTo[at])
    names.push(nameOf(name.toString('utf8')))
    parts.push(name)
    length += name.length
    nameEnds[at] = length
  }
  const here = new Map(names.map((name, at) => [name, at]))
  return {
    names: Buffer.concat(parts),
    nameEnds,
    readings: formats
      .filter(format => prefix !== '' || canBe(format, here))
      .map(format => readingOf(format, names, here, prefix, options)),
  }
}

/** A name with escapes in it, as it is meant. */
function nameOf(text: string): string {
  if (!text.includes('\\')) return text
  const whole: unknown = JSON.parse(`"${text}"`)
  return String(whole)
}

function canBe(format: MemberFormat, here: ReadonlyMap<string, number>): boolean {
  const needed = [
    ...(format.has ?? []),
    ...Object.keys(format.values ?? {}),
    ...Object.keys(format.kinds ?? {}),
  ]
  if (!needed.every(name => here.has(name))) return false
  if (format.hasNot?.some(name => here.has(name)) ?? false) return false
  return format.hasOneOf?.every(names => names.some(name => here.has(name))) ?? true
}

function readingOf(
  format: MemberFormat,
  names: readonly string[],
  here: ReadonlyMap<string, number>,
  prefix: string,
  options: ReadingOptions,
): Reading {
  const paths = names.map(name => prefix + name)
  const ranked = paths.map(path => rankedOf(path, format, options))
  const best = new Map<string, number>()
  for (const { field, rank } of ranked) {
    if (field !== undefined && rank < (best.get(field) ?? Infinity)) best.set(field, rank)
  }
  const to = new Uint8Array(names.length)
  const scale = new Float64Array(names.length)
  for (const [at, { field, rank }] of ranked.entries()) {
    const isBest = field !== undefined && rank === best.get(field)
    const destination: Destination = isBest ? destinationOf(field) : ATTRIBUTE
    const isNested = !isBest && leadsOn(`${paths[at]}.`, format, options)
    to[at] = isNested ? TO_NESTED : options.isWanted(destination.to) ? destination.to : TO_NOTHING
    scale[at] = destination.scale
    if (isBest) best.set(field, -1) // of two equal names the first
  }
  const nested = Array.from(to, number =>
    number === TO_NESTED ? new Map<number, Shape[]>() : undefined,
  )
  const conditions = prefix === '' ? conditionsOf(format, here) : []
  return { format, to, scale, paths, nested, conditions }
}

/** Users' names first, then those of the format, then what everybody calls them. */
function rankedOf(
  path: string,
  format: MemberFormat,
  options: ReadingOptions,
): { readonly field: FieldName | undefined; readonly rank: number } {
  const given = options.names.get(path)
  if (given !== undefined) return { field: given, rank: -2_000 }
  const own = Object.keys(format.fields ?? {}).indexOf(path)
  if (own >= 0) return { field: format.fields?.[path], rank: own - 1_000 }
  const known = KNOWN_NAMES.get(path)
  return known === undefined ? { field: undefined, rank: 0 } : known
}

/** Whether a known name lies within the object of this name. */
function leadsOn(start: string, format: MemberFormat, options: ReadingOptions): boolean {
  for (const names of [
    options.names.keys(),
    Object.keys(format.fields ?? {}),
    KNOWN_NAMES.keys(),
  ]) {
    for (const name of names) if (name.startsWith(start)) return true
  }
  return false
}

const KINDS: Readonly<Record<string, readonly number[]>> = {
  number: [NUMBER],
  text: [TEXT, ESCAPED_TEXT],
  object: [OBJECT, LIST],
}

function conditionsOf(format: MemberFormat, here: ReadonlyMap<string, number>): Condition[] {
  const byName = new Map<string, Condition>()
  for (const [name, kind] of Object.entries(format.kinds ?? {})) {
    byName.set(name, { member: here.get(name) ?? -1, kinds: KINDS[kind], values: undefined })
  }
  for (const [name, values] of Object.entries(format.values ?? {})) {
    const texts = values.map(value => Buffer.from(value))
    const kinds = byName.get(name)?.kinds
    byName.set(name, { member: here.get(name) ?? -1, kinds, values: texts })
  }
  return [...byName.values()].filter(condition => condition.member >= 0)
}

/** Whether the members' values are such as the reading's format has. */
export function isMet(reading: Reading, members: Members, bytes: Buffer): boolean {
  for (const { member, kinds, values } of reading.conditions) {
    if (kinds !== undefined && !kinds.includes(members.kind[member] ?? 0)) return false
    if (values === undefined) continue
    const from = members.valueFrom[member] ?? 0
    const to = members.valueTo[member] ?? 0
    if (!values.some(value => value.length === to - from && value.equals(bytes.subarray(from, to))))
      return false
  }
  return true
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

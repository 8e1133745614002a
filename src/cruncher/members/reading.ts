import {
  ATTRIBUTE,
  type Destination,
  destinationOf,
  type FieldName,
  TO_NESTED,
  TO_NOTHING,
} from '../fields/field-name.ts'
import { KNOWN_NAMES } from '../fields/known-names.ts'
import { conditionsOf } from './condition.ts'
import type { MemberFormat, Recognition } from './member-format.ts'
import type { Reading, ReadingOptions, Shape } from './shape.ts'

/** What readings of a shape have in common. */
interface Names {
  readonly names: readonly string[]
  readonly here: ReadonlyMap<string, number>
  /** The path of the object within others, with a dot; empty: it is the whole line. */
  readonly prefix: string
  readonly way: Recognition
}

export function readingOf(
  format: MemberFormat,
  shape: Names,
  options: ReadingOptions,
  passedOver: readonly number[] = [],
): Reading {
  const paths = shape.names.map(name => shape.prefix + name)
  const ranked = paths.map((path, at) =>
    passedOver.includes(at) ? UNKNOWN_NAME : rankedOf(path, format, options),
  )
  const best = bestOf(ranked)
  const to = new Uint8Array(paths.length)
  const scale = new Float64Array(paths.length)
  const contested: number[] = []
  const nested = paths.map((path, at) => {
    const { field } = ranked[at] ?? UNKNOWN_NAME
    const isBest = field !== undefined && best.get(field) === at
    const isWithin = isKeyValueList(path, format) || leadsOn(`${path}.`, format, options)
    const destination = isBest ? destinationOf(field) : ATTRIBUTE
    const isWanted = (isBest || !isWithin) && options.isWanted(destination.to)
    to[at] = isWanted ? destination.to : isWithin ? TO_NESTED : TO_NOTHING
    scale[at] = destination.scale
    const hasOthers = ranked.some((other, place) => place !== at && other.field === field)
    if (isBest && !isWithin && hasOthers) contested.push(at)
    return isWithin ? new Map<number, Shape[]>() : undefined
  })
  const conditions = conditionsOf(shape.way, shape.here)
  const others = new Map<number, Reading>()
  const without = (member: number): Reading => {
    const known = others.get(member)
    if (known !== undefined) return known
    const reading = readingOf(format, shape, options, [...passedOver, member])
    others.set(member, reading)
    return reading
  }
  return { format, to, scale, paths, nested, conditions, contested, without }
}

/** A field and how good the name is for it: the smallest is the best. */
interface RankedName {
  readonly field: FieldName | undefined
  readonly rank: number
}

const UNKNOWN_NAME: RankedName = { field: undefined, rank: 0 }

/** Users' names first, then those of the format, then what everybody calls them. */
function rankedOf(path: string, format: MemberFormat, options: ReadingOptions): RankedName {
  const given = options.names.get(path)
  if (given !== undefined) return { field: given, rank: -2_000 }
  const own = Object.keys(format.fields ?? {}).indexOf(path)
  if (own >= 0) return { field: format.fields?.[path], rank: own - 1_000 }
  return KNOWN_NAMES.get(path) ?? UNKNOWN_NAME
}

/** Where a value of this name goes. */
export function destinationOfName(
  path: string,
  format: MemberFormat,
  options: ReadingOptions,
): Destination {
  const { field } = rankedOf(path, format, options)
  return field === undefined ? ATTRIBUTE : destinationOf(field)
}

/** By field the place of its best name; of two equal ones the first. */
function bestOf(ranked: readonly RankedName[]): ReadonlyMap<FieldName, number> {
  const best = new Map<FieldName, number>()
  for (const [at, { field, rank }] of ranked.entries()) {
    if (field === undefined || ATTRIBUTES.has(field)) continue
    const before = best.get(field)
    if (before === undefined || rank < (ranked[before]?.rank ?? 0)) best.set(field, at)
  }
  return best
}

/** What any number of names may be. */
const ATTRIBUTES: ReadonlySet<FieldName> = new Set(['attribute'])

export const isKeyValueList = (path: string, format: MemberFormat): boolean =>
  format.keyValueLists?.includes(path) ?? false

/** Whether a known name lies within the object of this name. */
function leadsOn(start: string, format: MemberFormat, options: ReadingOptions): boolean {
  for (const names of [
    options.names.keys(),
    Object.keys(format.fields ?? {}),
    format.keyValueLists ?? [],
    KNOWN_NAMES.keys(),
  ]) {
    for (const name of names) if (name.startsWith(start)) return true
  }
  return false
}

import {
  ATTRIBUTE,
  type Destination,
  destinationOf,
  type FieldName,
  TO_CLIENT_ADDRESS,
  TO_NANOSECOND,
  TO_NESTED,
  TO_NOTHING,
  TO_TIME,
} from '../fields/field-name.ts'
import type { KnownName } from '../fields/known-names.ts'
import { CLIENT_IP, MESSAGE } from '../record.ts'
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
  const { ranks, prefixes } = options.namesOf(format)
  const ranked = paths.map((path, at) => (passedOver.includes(at) ? undefined : ranks.get(path)))
  const best = bestOf(ranked)
  const to = new Uint8Array(paths.length)
  const scale = new Float64Array(paths.length)
  const contested: number[] = []
  const nested = paths.map((path, at) => {
    const field = ranked[at]?.field
    const isBest = field !== undefined && best.get(field) === at
    const isWithin = prefixes.has(path)
    const destination = isBest ? destinationOf(field) : ATTRIBUTE
    const isWanted = (isBest || !isWithin) && isAsked(destination.to, format, options)
    to[at] = isWanted ? destination.to : isWithin ? TO_NESTED : TO_NOTHING
    scale[at] = destination.scale
    const hasOthers = ranked.some((other, place) => place !== at && other?.field === field)
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

/** Where a value of this name goes. */
export function destinationOfName(
  path: string,
  format: MemberFormat,
  options: ReadingOptions,
): Destination {
  const known = options.namesOf(format).ranks.get(path)
  return known === undefined ? ATTRIBUTE : destinationOf(known.field)
}

/** The line within an envelope is asked for by whoever reads it, and some destinations lead to others. */
function isAsked(to: number, format: MemberFormat, { isWanted }: ReadingOptions): boolean {
  const mayHoldLine = format.envelope !== undefined && format.envelope !== false
  if (to === MESSAGE && mayHoldLine) return true
  if (to === TO_CLIENT_ADDRESS) return isWanted(CLIENT_IP)
  return isWanted(to === TO_NANOSECOND ? TO_TIME : to)
}

/** By field the place of its best name; of two equal ones the first. */
function bestOf(ranked: readonly (KnownName | undefined)[]): ReadonlyMap<FieldName, number> {
  const best = new Map<FieldName, number>()
  for (const [at, known] of ranked.entries()) {
    if (known === undefined || ATTRIBUTES.has(known.field)) continue
    const before = best.get(known.field)
    if (before === undefined || known.rank < (ranked[before]?.rank ?? 0)) best.set(known.field, at)
  }
  return best
}

/** What any number of names may be. */
const ATTRIBUTES: ReadonlySet<FieldName> = new Set(['attribute'])

export const isKeyValueList = (path: string, format: MemberFormat): boolean =>
  format.keyValueLists?.includes(path) ?? false

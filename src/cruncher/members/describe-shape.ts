import type { MemberFormat, Recognition } from './member-format.ts'
import type { Members } from './members.ts'
import { readingOf } from './reading.ts'
import type { ReadingOptions, Shape } from './shape.ts'

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
    readings: formats.flatMap(format =>
      waysOf(format, prefix, here).map(way =>
        readingOf(format, { names, here, prefix, way }, options),
      ),
    ),
  }
}

/** A name with escapes in it, as it is meant. */
function nameOf(text: string): string {
  if (!text.includes('\\')) return text
  const whole: unknown = JSON.parse(`"${text}"`)
  return String(whole)
}

/** In which ways an object of these names can be of the format; what is within another is asked nothing. */
function waysOf(
  format: MemberFormat,
  prefix: string,
  here: ReadonlyMap<string, number>,
): readonly Recognition[] {
  if (prefix !== '') return [{}]
  return [format, ...(format.or ?? [])].filter(way => canBe(way, here))
}

function canBe(way: Recognition, here: ReadonlyMap<string, number>): boolean {
  if (here.size < (way.leastMembers ?? 0) || here.size > (way.mostMembers ?? Infinity)) return false
  const isHere = (name: string): boolean => here.has(name)
  if (way.has?.every(isHere) === false) return false
  if (way.values !== undefined && !Object.keys(way.values).every(isHere)) return false
  if (way.kinds !== undefined && !Object.keys(way.kinds).every(isHere)) return false
  if (way.hasNot?.some(isHere) === true) return false
  return way.hasOneOf?.every(names => names.some(isHere)) ?? true
}

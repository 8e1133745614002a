import type { MemberFormat } from './member-format.ts'
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
    readings: formats
      .filter(format => prefix !== '' || canBe(format, here))
      .map(format => readingOf(format, { names, here, prefix }, options)),
  }
}

/** A name with escapes in it, as it is meant. */
function nameOf(text: string): string {
  if (!text.includes('\\')) return text
  const whole: unknown = JSON.parse(`"${text}"`)
  return String(whole)
}

function canBe(format: MemberFormat, here: ReadonlyMap<string, number>): boolean {
  if (here.size < (format.leastMembers ?? 0)) return false
  const needed = [
    ...(format.has ?? []),
    ...Object.keys(format.values ?? {}),
    ...Object.keys(format.kinds ?? {}),
  ]
  if (!needed.every(name => here.has(name))) return false
  if (format.hasNot?.some(name => here.has(name)) ?? false) return false
  return format.hasOneOf?.every(names => names.some(name => here.has(name))) ?? true
}

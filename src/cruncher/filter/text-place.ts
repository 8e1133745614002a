import { ABSENT, ESCAPED, JSON_VALUE, type LogRecord, PLAIN } from '../record.ts'

const BACKSLASH = 0x5c

/** Where a text lies, once it has been found in a record; as it is, without escapes. */
export class TextPlace {
  bytes: Buffer = Buffer.alloc(0)
  from = 0
  to = 0
  /** Whether it is JSON: a number, a boolean, an object, a list. */
  isJson = false

  toString(): string {
    return this.bytes.toString('utf8', this.from, this.to)
  }
}

/** Finds a text of a record. False if it has none: the value is null. */
export type Locate = (record: LogRecord, place: TextPlace) => boolean

export function locateField(field: number): Locate {
  return (record, place) => {
    const kind = record.kind[field] ?? ABSENT
    if (kind === ABSENT) return false
    const bytes = record.buffers[record.source[field] ?? 0]
    if (bytes === undefined) return false
    place.bytes = bytes
    place.from = record.from[field] ?? 0
    place.to = record.to[field] ?? 0
    place.isJson = false
    if (kind === ESCAPED && hasBackslash(place)) useText(place, record.text(field) ?? '')
    return true
  }
}

/** An attribute, or, if there is none of that name, a member of one that is an object. */
export function locateAttribute(name: string): Locate {
  const wanted = Buffer.from(name)
  const path = name.split('.')
  return (record, place) => {
    for (let at = 0; at < record.attributes; at++) {
      if (isNamed(record, at, wanted, name)) return locateValue(record, at, place)
    }
    return path.length > 1 && locateMember(record, path, place)
  }
}

function isNamed(record: LogRecord, at: number, wanted: Uint8Array, name: string): boolean {
  const from = record.nameFrom[at] ?? 0
  const bytes = record.buffers[record.nameSource[at] ?? 0]
  if (bytes === undefined) return false
  if ((record.nameTo[at] ?? 0) - from !== wanted.length) {
    return record.nameKind[at] === ESCAPED && record.attributeName(at) === name
  }
  for (let k = 0; k < wanted.length; k++) if (bytes[from + k] !== wanted[k]) return false
  return true
}

function locateValue(record: LogRecord, at: number, place: TextPlace): boolean {
  const kind = record.valueKind[at] ?? PLAIN
  const bytes = record.buffers[record.valueSource[at] ?? 0]
  if (bytes === undefined) return false
  place.bytes = bytes
  place.from = record.valueFrom[at] ?? 0
  place.to = record.valueTo[at] ?? 0
  place.isJson = kind === JSON_VALUE
  if (kind === ESCAPED && hasBackslash(place)) useText(place, record.attributeText(at))
  return !(place.isJson && bytes[place.from] === 0x6e) // null
}

/** `attributes.a.b` where `a` is an object: the slow way, for who asks for it. */
function locateMember(record: LogRecord, path: readonly string[], place: TextPlace): boolean {
  for (let length = path.length - 1; length > 0; length--) {
    const name = path.slice(0, length).join('.')
    const wanted = Buffer.from(name)
    for (let at = 0; at < record.attributes; at++) {
      if (record.valueKind[at] !== JSON_VALUE || !isNamed(record, at, wanted, name)) continue
      let value: unknown = JSON.parse(record.attributeText(at))
      for (const key of path.slice(length)) value = memberOf(value, key)
      if (value === undefined || value === null) return false
      useText(place, typeof value === 'string' ? value : JSON.stringify(value))
      place.isJson = typeof value !== 'string'
      return true
    }
  }
  return false
}

function memberOf(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  return Object.getOwnPropertyDescriptor(value, key)?.value
}

function hasBackslash({ bytes, from, to }: TextPlace): boolean {
  for (let at = from; at < to; at++) if (bytes[at] === BACKSLASH) return true
  return false
}

function useText(place: TextPlace, text: string): void {
  place.bytes = Buffer.from(text)
  place.from = 0
  place.to = place.bytes.length
}

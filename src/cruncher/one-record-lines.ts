import { JsonMembers } from './members/json-members.ts'
import { elementAt } from './members/list-element.ts'
import { LIST, OBJECT } from './members/members.ts'
import { ESCAPED, type ValueKind } from './record.ts'

/** Of all lines that are made of one: what stands around many small records would be copied without an end. */
const MAX_BYTES = 67_108_864

/** A line that holds many records, as lines that hold one of them each. */
export interface OneRecordLines {
  readonly count: number
  readonly bytes: number
  /** One after the other, made when they are asked for; the line must not change meanwhile. */
  lines(): Iterable<Buffer>
}

interface Place {
  readonly from: number
  readonly to: number
}

/** What stands before and behind a record in its line: pieces of the line, in order. */
interface Around {
  readonly before: readonly Place[]
  readonly behind: readonly Place[]
  readonly bytes: number
}

interface FoundRecord extends Place {
  readonly around: Around
}

/**
 * The records of a JSON object that has them in lists: `path` names the list, and the lists within its
 * elements. Each comes with all that stands around the lists, so that it is a line of the same format.
 * Nothing: it is one record, or none, or not as the path says, or too much would come of it.
 */
export function oneRecordLines(
  bytes: Buffer,
  line: Place,
  path: readonly string[],
): OneRecordLines | undefined {
  const places = new RecordPlaces(bytes)
  const isWhole = places.collect(line, path, NOTHING_AROUND)
  const records = places.found
  if (!isWhole || records.length <= 1) return undefined
  let size = 0
  for (const { from, to, around } of records) size += to - from + around.bytes
  if (size > MAX_BYTES) return undefined
  function* lines(): Iterable<Buffer> {
    for (const { from, to, around } of records) {
      const pieces = [...around.before, { from, to }, ...around.behind]
      yield Buffer.concat(pieces.map(piece => bytes.subarray(piece.from, piece.to)))
    }
  }
  return { count: records.length, bytes: size, lines }
}

/**
 * The same where the line lies within another as a text: each of the lines as that line with one record.
 * Nothing: too much would come of it.
 */
export function withinLine(
  inner: OneRecordLines,
  bytes: Buffer,
  line: Place,
  text: Place & { readonly kind: ValueKind },
): OneRecordLines | undefined {
  const before = bytes.subarray(line.from, text.from)
  const behind = bytes.subarray(text.to, line.to)
  const size = inner.bytes + inner.count * (before.length + behind.length)
  if (size > MAX_BYTES) return undefined
  function* lines(): Iterable<Buffer> {
    for (const one of inner.lines()) {
      const written = text.kind === ESCAPED ? escaped(one) : one
      yield Buffer.concat([before, written, behind])
    }
  }
  return { count: inner.count, bytes: size, lines }
}

const NOTHING_AROUND: Around = { before: [], behind: [], bytes: 0 }

/** Finds the records of a line, with what stands around them. */
class RecordPlaces {
  readonly found: FoundRecord[] = []
  readonly #bytes: Buffer
  readonly #members = new JsonMembers()

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  /** False: an object lacks its list, so that records may be elsewhere in it. */
  collect(object: Place, [name, ...rest]: readonly string[], around: Around): boolean {
    const list = name === undefined ? undefined : this.#list(object, name)
    if (list === undefined) return false
    const before = { from: object.from, to: list.from + 1 }
    const behind = { from: list.to - 1, to: object.to }
    const own: Around = {
      before: [...around.before, before],
      behind: [behind, ...around.behind],
      bytes: around.bytes + before.to - before.from + behind.to - behind.from,
    }
    for (let at = list.from + 1; at >= 0; ) {
      const element = elementAt(this.#bytes, at, list.to)
      if (element === undefined) return true
      at = element.next
      if (element.kind !== OBJECT) return false
      if (rest.length === 0) {
        this.found.push({ from: element.from, to: element.to, around: own })
      } else if (!this.collect(element, rest, own)) return false
    }
    return true
  }

  #list(object: Place, name: string): Place | undefined {
    const bytes = this.#bytes
    const members = this.#members
    if (members.scan(bytes, object.from, object.to) < 0) return undefined
    for (let at = 0; at < members.count; at++) {
      const is = bytes.toString('utf8', members.nameFrom[at], members.nameTo[at])
      if (is !== name) continue
      if (members.kind[at] !== LIST) return undefined
      return { from: members.valueFrom[at] ?? 0, to: members.valueTo[at] ?? 0 }
    }
    return undefined
  }
}

/** As it stands between the quotes of a JSON text. */
const escaped = (line: Buffer): Buffer =>
  Buffer.from(JSON.stringify(line.toString('utf8')).slice(1, -1))

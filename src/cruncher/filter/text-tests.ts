import { compileLinear } from '../custom/linear-regex.ts'
import { preparePattern } from '../custom/pattern-source.ts'
import type { TextTest } from './parse-filter.ts'
import type { TextPlace } from './text-place.ts'

/** What is asked of a text; and the same of a string, where it is one already. */
export interface TextMatcher {
  readonly ofPlace: (place: TextPlace) => boolean
  readonly ofString: (text: string) => boolean
}

export function equalsText(text: string): TextMatcher {
  const wanted = Buffer.from(text)
  return {
    ofPlace: place =>
      place.to - place.from === wanted.length && isAt(place.bytes, place.from, wanted),
    ofString: found => found === text,
  }
}

/** @throws SyntaxError for a pattern that is none, or cannot be run in linear time */
export function testText(operator: TextTest, text: string): TextMatcher {
  const wanted = Buffer.from(text)
  switch (operator) {
    case 'starts_with':
      return {
        ofPlace: place =>
          place.to - place.from >= wanted.length && isAt(place.bytes, place.from, wanted),
        ofString: found => found.startsWith(text),
      }
    case 'ends_with':
      return {
        ofPlace: place =>
          place.to - place.from >= wanted.length &&
          isAt(place.bytes, place.to - wanted.length, wanted),
        ofString: found => found.endsWith(text),
      }
    case 'contains':
      return { ofPlace: place => contains(place, wanted), ofString: found => found.includes(text) }
    case '~':
      return matchesPattern(text)
    default:
      operator satisfies never
      throw new TypeError('no such test')
  }
}

/** One of many texts, found by a hash of its bytes. */
export function oneOfTexts(texts: readonly string[]): TextMatcher {
  const byHash = new Map<number, Buffer[]>()
  for (const text of texts) {
    const bytes = Buffer.from(text)
    const hash = hashOf(bytes, 0, bytes.length)
    byHash.set(hash, [...(byHash.get(hash) ?? []), bytes])
  }
  const strings = new Set(texts)
  return {
    ofPlace: ({ bytes, from, to }) => {
      const candidates = byHash.get(hashOf(bytes, from, to))
      if (candidates === undefined) return false
      return candidates.some(wanted => to - from === wanted.length && isAt(bytes, from, wanted))
    },
    ofString: found => strings.has(found),
  }
}

/** A pattern that is no more than a text, at the start, the end or anywhere, needs no regular expression. */
function matchesPattern(pattern: string): TextMatcher {
  const [, start = '', middle, end = ''] =
    /^(\^?)((?:[^\\^$.*+?()[\]{}|]|\\[^\w\s])+)(\$?)$/.exec(pattern) ?? []
  if (middle !== undefined) {
    const text = middle.replace(/\\(.)/gs, '$1')
    if (start !== '' && end !== '') return equalsText(text)
    if (start !== '') return testText('starts_with', text)
    return testText(end === '' ? 'contains' : 'ends_with', text)
  }
  const regex = compileLinear(preparePattern(pattern, false).source)
  return {
    ofPlace: place => regex.test(place.toString()),
    ofString: found => regex.test(found),
  }
}

function isAt(bytes: Uint8Array, from: number, wanted: Uint8Array): boolean {
  for (let at = 0; at < wanted.length; at++) if (bytes[from + at] !== wanted[at]) return false
  return true
}

function contains({ bytes, from, to }: TextPlace, wanted: Uint8Array): boolean {
  const first = wanted[0]
  if (first === undefined) return true
  const last = to - wanted.length
  for (let at = from; at <= last; at++) {
    if (bytes[at] === first && isAt(bytes, at, wanted)) return true
  }
  return false
}

/** FNV-1a in 32 bits, with its bits mixed at the end as MurmurHash3 does, so that all of them count. */
export function hashOf(bytes: Uint8Array, from: number, to: number): number {
  let hash = 0x811c9dc5
  for (let at = from; at < to; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

import { endOfValue, kindOf } from './json-members.ts'
import { ESCAPED_TEXT, TEXT } from './members.ts'

/** The first value in a list, as members have theirs: texts without their quotes. */
export interface Element {
  readonly kind: number
  readonly from: number
  readonly to: number
  /** There is none behind it. */
  readonly isOnly: boolean
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const CLOSE_LIST = 0x5d

/** What is first in a list that was scanned before; nothing: it is empty. */
export function firstElement(bytes: Uint8Array, from: number, to: number): Element | undefined {
  const start = skipBlanks(bytes, from + 1)
  const first = bytes[start]
  if (first === CLOSE_LIST) return undefined
  const end = endOfValue(bytes, start, to, 0)
  if (end < 0) return undefined
  const isOnly = skipBlanks(bytes, end) === to - 1
  if (first !== QUOTE) return { kind: kindOf(first), from: start, to: end, isOnly }
  let at = start
  while (at < end && bytes[at] !== BACKSLASH) at++
  return { kind: at < end ? ESCAPED_TEXT : TEXT, from: start + 1, to: end - 1, isOnly }
}

function skipBlanks(bytes: Uint8Array, from: number): number {
  let at = from
  while (bytes[at] === 0x20 || bytes[at] === 0x09 || bytes[at] === 0x0d || bytes[at] === 0x0a) at++
  return at
}

import { endOfValue, kindOf } from './json-members.ts'
import { ESCAPED_TEXT, TEXT } from './members.ts'

/** A value in a list, as members have theirs: texts without their quotes. */
export interface Element {
  readonly kind: number
  readonly from: number
  readonly to: number
  /** The place behind the comma behind it; -1: it is the last. */
  readonly next: number
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const CLOSE_LIST = 0x5d

/** The value behind the bracket or the comma before `at`, in a list that was scanned before; nothing: it is empty. */
export function elementAt(bytes: Uint8Array, at: number, to: number): Element | undefined {
  const start = skipBlanks(bytes, at)
  const first = bytes[start]
  if (first === CLOSE_LIST) return undefined
  const end = endOfValue(bytes, start, to, 0)
  if (end < 0) return undefined
  const behind = skipBlanks(bytes, end)
  const next = bytes[behind] === COMMA ? behind + 1 : -1
  if (first !== QUOTE) return { kind: kindOf(first), from: start, to: end, next }
  let escape = start
  while (escape < end && bytes[escape] !== BACKSLASH) escape++
  return { kind: escape < end ? ESCAPED_TEXT : TEXT, from: start + 1, to: end - 1, next }
}

function skipBlanks(bytes: Uint8Array, from: number): number {
  let at = from
  while (bytes[at] === 0x20 || bytes[at] === 0x09 || bytes[at] === 0x0d || bytes[at] === 0x0a) at++
  return at
}

import { createHmac } from 'node:crypto'
import { hashOf } from '../filter/text-tests.ts'

export const ACTIONS = ['mask', 'truncate', 'hash', 'drop'] as const
export type Action = (typeof ACTIONS)[number]

/** Makes what stands instead of a text; the text is given as bytes with its place. */
export type Replace = (bytes: Uint8Array, from: number, to: number) => Uint8Array

const NOTHING_LEFT = new Uint8Array()
/** 64 bits in hex: of a billion values, the chance that two share one is 1 in 40. */
const HASH_CHARS = 16
/** A power of two; what recurs (users, addresses) is found again, in a few hundred kB. */
const SLOTS = 8_192

/** What an action makes of a find of a kind, or of the whole of a field (`value`). All that is made is ASCII without quotes. */
export function replacementOf(action: Action, kind: string, key: string | undefined): Replace {
  switch (action) {
    case 'mask': {
      const mask = Buffer.from(kind === 'value' ? '***' : `[${kind}]`)
      return () => mask
    }
    case 'drop':
      return () => NOTHING_LEFT
    case 'truncate':
      return remembered(text => Buffer.from(truncateIp(text)))
    case 'hash':
      return remembered(text =>
        Buffer.from(
          createHmac('sha256', key ?? '')
            .update(kind === 'email' ? plainEmail(text) : text)
            .digest('hex')
            .slice(0, HASH_CHARS),
        ),
      )
    default:
      action satisfies never
      throw new TypeError('no such action')
  }
}

/** One address has one hash, however it is written. */
function plainEmail(text: string): string {
  return text
    .replace(/%(?:25)?40|\\u0040/, '@')
    .replace(/%2b/i, '+')
    .toLowerCase()
}

/** The network of an address: its first three numbers, or its first 48 bits. What is no address is masked. */
export function truncateIp(address: string): string {
  const four = /^(.*?)(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}$/.exec(address)
  if (four !== null && (four[1] === '' || four[1]?.endsWith(':') === true)) {
    return `${four[1]}${four[2]}.0`
  }
  if (!/^[\da-fA-F:]*:[\da-fA-F:]*$/.test(address)) return '***'
  const [head = '', tail] = address.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0')
  const network = [...left, ...(tail === undefined ? [] : zeros), ...right].slice(0, 3)
  while (network.at(-1) === '0') network.pop()
  return `${network.join(':')}::`
}

interface Known {
  readonly text: Buffer
  readonly replacement: Buffer
}

/** Keeps what was made for texts that come again: a hash costs some microseconds. */
function remembered(make: (text: string) => Buffer): Replace {
  const slots: (Known | undefined)[] = Array.from({ length: SLOTS })
  return (bytes, from, to) => {
    const slot = hashOf(bytes, from, to) & (SLOTS - 1)
    const known = slots[slot]
    if (known !== undefined && isSame(known.text, bytes, from, to)) return known.replacement
    const text = Buffer.from(bytes.subarray(from, to))
    const replacement = make(text.toString('utf8'))
    slots[slot] = { text, replacement }
    return replacement
  }
}

function isSame(text: Uint8Array, bytes: Uint8Array, from: number, to: number): boolean {
  if (text.length !== to - from) return false
  for (let at = 0; at < text.length; at++) if (text[at] !== bytes[from + at]) return false
  return true
}

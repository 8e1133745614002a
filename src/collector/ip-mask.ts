import { isIPv6 } from 'node:net'

const DOT = 0x2e

/** What is kept of an address: all, the network (/24 of IPv4, /48 of IPv6), or nothing. */
export type IpPolicy = 'keep' | 'mask' | 'drop'

/**
 * Where the first three numbers of an IPv4 address end, or -1 where the bytes are no such address.
 * Called for each event, so without strings.
 */
export function networkEndOfIPv4(from: Uint8Array, start: number, end: number): number {
  let part = 0
  let digits = 0
  let value = 0
  let networkEnd = -1
  for (let i = start; i < end; i++) {
    const byte = from[i] ?? 0
    if (byte === DOT) {
      if (digits === 0 || ++part > 3) return -1
      if (part === 3) networkEnd = i
      digits = 0
      value = 0
    } else {
      value = value * 10 + byte - 0x30
      if (byte < 0x30 || byte > 0x39 || ++digits > 3 || value > 255) return -1
    }
  }
  return part === 3 && digits > 0 ? networkEnd : -1
}

/**
 * The network of an address as text: `192.0.2.0`, `2001:db8:1::`. An IPv4 address inside of an IPv6
 * one is masked as what it is. Undefined for what is no address.
 */
export function maskAddress(address: string): string | undefined {
  const bytes = Buffer.from(address, 'latin1')
  const networkEnd = networkEndOfIPv4(bytes, 0, bytes.length)
  if (networkEnd >= 0) return `${address.slice(0, networkEnd)}.0`
  const plain = address.replace(/%.*$/, '') // a zone, as in fe80::1%eth0
  if (!isIPv6(plain)) return undefined
  const mapped = /^::ffff:(\d+\.\d+\.\d+)\.\d+$/i.exec(plain)
  if (mapped !== null) return `${mapped[1]}.0`
  const groups = leadingGroups(plain)
  return `${groups.map(group => group.toString(16)).join(':')}::`
}

/** The first three of the eight numbers of an IPv6 address. */
function leadingGroups(address: string): number[] {
  const [head = '', tail] = address.split('::')
  const first = head === '' ? [] : head.split(':')
  if (tail !== undefined) {
    const last = tail === '' ? [] : tail.split(':')
    const width = last.length + (tail.includes('.') ? 1 : 0) // an IPv4 tail stands for two
    const zeros = 8 - first.length - width
    first.push(...Array<string>(zeros).fill('0'), ...last)
  }
  return first.slice(0, 3).map(group => Number.parseInt(group, 16))
}

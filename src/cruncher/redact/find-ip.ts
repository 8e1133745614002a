import { isDigit, isHex, isLetter, isLetterOrDigit, type Scan } from './scan.ts'

const DOT = 0x2e
const COLON = 0x3a
const SLASH = 0x2f

/** An IPv4 address that begins at a place; `Chrome/120.0.0.0` is none. */
export function findIpv4(scan: Scan, from: number): boolean {
  const before = scan.at(from - 1)
  if (isLetterOrDigit(before) || before === DOT || before === 0x5f) return false
  const to = ipv4End(scan, from)
  if (to < 0) return false
  const isVersion = before === SLASH && isLetter(scan.at(from - 2)) && endsInZeros(scan, to)
  return !isVersion && scan.found(from, to)
}

/** Behind four numbers up to 255; -1: they are not there, or go on. */
function ipv4End(scan: Scan, from: number): number {
  let at = from
  for (let octet = 0; octet < 4; octet++) {
    let value = 0
    const start = at
    while (isDigit(scan.at(at)) && at - start < 4) value = value * 10 + scan.at(at++) - 0x30
    if (at === start || at - start > 3 || value > 255) return -1
    if (octet < 3 && scan.at(at++) !== DOT) return -1
  }
  const next = scan.at(at)
  const goesOn =
    isLetterOrDigit(next) || next === 0x5f || (next === DOT && isDigit(scan.at(at + 1)))
  return goesOn ? -1 : at
}

/** `.0.0.0`: no host has such an address, but versions do. */
function endsInZeros(scan: Scan, to: number): boolean {
  for (let back = 1; back <= 6; back++) {
    if (scan.at(to - back) !== (back % 2 === 1 ? 0x30 : DOT)) return false
  }
  return true
}

/** An IPv6 address around a colon at a place; `10:00:00`, `aa:bb:cc:dd:ee:ff` and `std::map` are none. */
export function findIpv6(scan: Scan, colon: number): boolean {
  const next = scan.at(colon + 1)
  if (!isHex(next) && next !== COLON) return false
  let from = colon
  while (isHex(scan.at(from - 1)) || scan.at(from - 1) === COLON) from--
  let to = colon + 1
  while (isHex(scan.at(to)) || scan.at(to) === COLON || isInnerDot(scan, to)) to++
  if (scan.at(to - 1) === COLON && scan.at(to - 2) !== COLON) to--
  if (scan.at(from) === COLON && scan.at(from + 1) !== COLON) from++
  const before = scan.at(from - 1)
  if (isLetterOrDigit(before) || before === 0x5f || isLetterOrDigit(scan.at(to))) return false
  return isIpv6(scan, from, to) && scan.found(from, to)
}

const isInnerDot = (scan: Scan, at: number): boolean =>
  scan.at(at) === DOT && isDigit(scan.at(at - 1)) && isDigit(scan.at(at + 1))

/** Eight groups, or fewer with one `::`; the last two may be an IPv4 address. */
function isIpv6(scan: Scan, from: number, to: number): boolean {
  let groups = 0
  let gaps = 0
  let digits = 0
  let at = from
  while (at < to) {
    if (scan.at(at) === COLON) {
      if (scan.at(at + 1) === COLON && at + 1 < to) {
        gaps++
        at++
      }
      at++
      continue
    }
    const start = at
    while (at < to && isHex(scan.at(at))) if (isDigit(scan.at(at++))) digits++
    if (at < to && scan.at(at) === DOT) {
      if (ipv4End(scan, start) !== to) return false
      groups += 2
      at = to
      break
    }
    if (at === start || at - start > 4) return false
    groups++
  }
  if (gaps === 0) return groups === 8
  return gaps === 1 && groups > 1 && groups < 8 && digits > 0
}

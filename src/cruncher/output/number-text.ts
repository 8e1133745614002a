import type { ByteSink } from './byte-sink.ts'

const ZERO = 0x30
/** `00` to `99`, each as a word of 16 bits. */
const PAIRS = Int16Array.from({ length: 100 }, (_, pair) => {
  return ZERO + ((pair / 10) | 0) + ((ZERO + (pair % 10)) << 8)
})
const POINT = 0x2e
/** Integers up to this are exact in 32 bits. */
const MOST_INT32 = 0x7fffffff
const MOST_NUMBER_BYTES = 25

/** A finite number in decimal, as short as it can be without becoming another; JSON's spelling. The room is reserved here. */
export function putNumber(sink: ByteSink, value: number): void {
  sink.reserve(MOST_NUMBER_BYTES)
  if (value < 0 || value > MOST_INT32 || Object.is(value, -0)) {
    putAscii(sink, String(value))
    return
  }
  const whole = value | 0
  if (whole === value) {
    putWhole(sink, whole)
    return
  }
  // Fractions of three digits and of six are written without making a string.
  if (putScaled(sink, value, whole, 1_000, 3) || putScaled(sink, value, whole, 1_000_000, 6)) return
  putAscii(sink, String(value))
}

function putScaled(
  sink: ByteSink,
  value: number,
  whole: number,
  scale: number,
  digits: number,
): boolean {
  const scaled = Math.round((value - whole) * scale)
  // Below 2^53 a number with so few digits is the only one that is nearest to them.
  if ((whole * scale + scaled) / scale !== value) return false
  putWhole(sink, whole)
  putFraction(sink, scaled, digits)
  return true
}

/** From 0 to 2^31 - 1. */
function putWhole(sink: ByteSink, value: number): void {
  const { view } = sink
  const digits = digitsOf(value)
  let at = sink.length + digits
  let rest = value | 0
  while (rest >= 10) {
    const next = (rest / 100) | 0
    at -= 2
    view.setInt16(at, PAIRS[rest - next * 100] ?? 0, true)
    rest = next
  }
  if (at > sink.length) sink.bytes[sink.length] = ZERO + rest
  sink.length += digits
}

function digitsOf(value: number): number {
  if (value < 1_000) return value < 10 ? 1 : value < 100 ? 2 : 3
  if (value < 1_000_000) return value < 10_000 ? 4 : value < 100_000 ? 5 : 6
  if (value < 100_000_000) return value < 10_000_000 ? 7 : 8
  return value < 1_000_000_000 ? 9 : 10
}

/** Behind the point, without the zeros at its end. */
function putFraction(sink: ByteSink, value: number, digits: number): void {
  const out = sink.bytes
  out[sink.length] = POINT
  putDigits(sink, sink.length + 1, value, digits)
  let end = sink.length + digits
  while (out[end] === ZERO) end--
  sink.length = end + 1
}

/** So many digits of a number from 0 to 2^31 - 1, with zeros before it; the length stays. */
export function putDigits(sink: ByteSink, at: number, value: number, digits: number): void {
  let rest = value | 0
  let i = at + digits - 2
  for (; i >= at; i -= 2) {
    const next = (rest / 100) | 0
    sink.view.setInt16(i, PAIRS[rest - next * 100] ?? 0, true)
    rest = next
  }
  if (i === at - 1) sink.bytes[at] = ZERO + rest
}

function putAscii(sink: ByteSink, text: string): void {
  for (let i = 0; i < text.length; i++) sink.putByte(text.charCodeAt(i))
}

import type { ByteSink } from './byte-sink.ts'

const ZERO = 0x30
const POINT = 0x2e
/** Integers up to this are exact in 32 bits. */
const MOST_INT32 = 0x7fffffff
/** Digits behind the point that are written without making a string. */
const SCALES = [1_000, 1_000_000] as const
const SCALE_DIGITS = [3, 6] as const

/** The most bytes that a number takes. */
export const MOST_NUMBER_BYTES = 25

/** A finite number in decimal, as short as it can be without becoming another; JSON's spelling. */
export function putNumber(sink: ByteSink, value: number): void {
  if (value < 0 || value > MOST_INT32 || Object.is(value, -0)) {
    putAscii(sink, String(value))
    return
  }
  const whole = value | 0
  if (whole === value) {
    putWhole(sink, whole)
    return
  }
  for (const [at, scale] of SCALES.entries()) {
    // Below 2^53 / scale a number with so few digits is the only one that is nearest to them.
    const scaled = Math.round((value - whole) * scale)
    if (whole + scaled / scale === value && (whole * scale + scaled) / scale === value) {
      putWhole(sink, whole)
      putFraction(sink, scaled, SCALE_DIGITS[at] ?? 0)
      return
    }
  }
  putAscii(sink, String(value))
}

/** From 0 to 2^31 - 1. */
function putWhole(sink: ByteSink, value: number): void {
  const out = sink.bytes
  let digits = 1
  for (let power = 10; power <= value; power *= 10) digits++
  let rest = value
  for (let at = sink.length + digits - 1; at >= sink.length; at--) {
    const next = (rest / 10) | 0
    out[at] = ZERO + rest - next * 10
    rest = next
  }
  sink.length += digits
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
  let rest = value
  for (let i = at + digits - 1; i >= at; i--) {
    const next = (rest / 10) | 0
    sink.bytes[i] = ZERO + rest - next * 10
    rest = next
  }
}

function putAscii(sink: ByteSink, text: string): void {
  for (let i = 0; i < text.length; i++) sink.putByte(text.charCodeAt(i))
}

/** The decimal number that bytes write (`-12.5e3` too), or NaN; whole numbers are read quickly. */
export function numberOf(bytes: Buffer, from: number, to: number): number {
  const length = to - from
  if (length <= 0 || length > 40) return Number.NaN
  if (length > 15) return slowly(bytes, from, to)
  let value = 0
  for (let at = from; at < to; at++) {
    const digit = (bytes[at] ?? 0) - 0x30
    if (digit < 0 || digit > 9) return slowly(bytes, from, to)
    value = value * 10 + digit
  }
  return value
}

/** Powers of ten that are exact, and with them the quotient of a whole number. */
const POWERS = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15]

function slowly(bytes: Buffer, from: number, to: number): number {
  let at = from
  const isNegative = bytes[at] === 0x2d
  if (isNegative) at++
  let value = 0
  let digits = 0
  let decimals = -1
  for (; at < to; at++) {
    const byte = bytes[at] ?? 0
    if (byte === 0x2e && decimals < 0) decimals = 0
    else if (byte >= 0x30 && byte <= 0x39) {
      value = value * 10 + byte - 0x30
      digits++
      if (decimals >= 0) decimals++
    } else return isOfNumbers(byte) ? exactly(bytes, from, to) : Number.NaN
  }
  if (digits === 0 || digits > 15) return exactly(bytes, from, to)
  const whole = decimals > 0 ? value / (POWERS[decimals] ?? 1) : value
  return isNegative ? -whole : whole
}

/** An exponent or a plus sign: whatever else is not a digit is of no number. */
const isOfNumbers = (byte: number): boolean => (byte | 0x20) === 0x65 || byte === 0x2b

function exactly(bytes: Buffer, from: number, to: number): number {
  const text = bytes.toString('latin1', from, to)
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) ? Number(text) : Number.NaN
}

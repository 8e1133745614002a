/**
 * Sums that are the same in whatever order they are added: of numbers rounded to millionths, in four
 * slots of a Float64Array that hold whole numbers only, and so never round:
 *
 *     how many numbers, 2^40s (any sign), ones (0 to 2^40 - 1), millionths (0 to 999,999)
 */
const MILLION = 1_000_000
const HIGH = 2 ** 40

export function addToSum(slots: Float64Array, at: number, value: number): void {
  const whole = Math.floor(value)
  slots[at] = (slots[at] ?? 0) + 1
  if (whole !== value) {
    slots[at + 3] = (slots[at + 3] ?? 0) + Math.round((value - whole) * MILLION)
  }
  if (whole < HIGH && whole > -HIGH) slots[at + 2] = (slots[at + 2] ?? 0) + whole
  else {
    const high = Math.floor(whole / HIGH)
    slots[at + 1] = (slots[at + 1] ?? 0) + high
    slots[at + 2] = (slots[at + 2] ?? 0) + (whole - high * HIGH)
  }
  carry(slots, at)
}

/** Adds the sum that stands in `from` at the same place. */
export function mergeSum(slots: Float64Array, at: number, from: Float64Array): void {
  for (let i = at; i < at + 4; i++) slots[i] = (slots[i] ?? 0) + (from[i] ?? 0)
  carry(slots, at)
}

function carry(slots: Float64Array, at: number): void {
  const millionths = slots[at + 3] ?? 0
  if (millionths >= MILLION) {
    slots[at + 3] = millionths - MILLION // of two that were below, or one, at most one
    slots[at + 2] = (slots[at + 2] ?? 0) + 1
  }
  const ones = slots[at + 2] ?? 0
  if (ones >= HIGH || ones < 0) {
    const high = Math.floor(ones / HIGH)
    slots[at + 1] = (slots[at + 1] ?? 0) + high
    slots[at + 2] = ones - high * HIGH
  }
}

const MILLION_BIG = 1_000_000n
const HIGH_BIG = 2n ** 40n

function millionthsOf(slots: Float64Array, at: number): bigint {
  const high = BigInt(slots[at + 1] ?? 0)
  const ones = BigInt(slots[at + 2] ?? 0)
  return (high * HIGH_BIG + ones) * MILLION_BIG + BigInt(slots[at + 3] ?? 0)
}

/** All digits of a sum, `-12.5`; null where no number was added. */
export function sumText(slots: Float64Array, at: number): string | null {
  if (slots[at] === 0) return null
  const sum = millionthsOf(slots, at)
  const size = sum < 0n ? -sum : sum
  const fraction = String(size % MILLION_BIG)
    .padStart(6, '0')
    .replace(/0+$/, '')
  const digits = `${size / MILLION_BIG}${fraction === '' ? '' : `.${fraction}`}`
  return sum < 0n ? `-${digits}` : digits
}

/** The sum by the number of its numbers; null where there was none. */
export function meanOf(slots: Float64Array, at: number): number | null {
  const count = slots[at] ?? 0
  if (count === 0) return null
  return Number(millionthsOf(slots, at)) / 1e6 / count
}

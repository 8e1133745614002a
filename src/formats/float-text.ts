/**
 * The text of a floating point number as PostgreSQL prints it: the shortest digits that read back as
 * the same number, with an exponent beyond what it has digits for.
 * @see float8out and float4out in PostgreSQL's float.c; column-type.ts
 */

interface Precision {
  /** Decimal exponents below this are written out; those above and below 1e-4 are not. */
  readonly plainBelow: number
}

const DOUBLE: Precision = { plainBelow: 15 }
const SINGLE: Precision = { plainBelow: 6 }
const SMALLEST_PLAIN = -4
const SMALLEST_NORMAL = 2 ** -126

/** Of a number of 64 bits. */
export function doubleText(value: number): string {
  if (!Number.isFinite(value) || value === 0) return specialText(value)
  const text = value.toExponential()
  return layOut(isBetweenFloats(value, text) ? longerText(value) : text, DOUBLE)
}

/** Beyond it a whole number's shortest digits may end in zeros that are not its own. */
const LARGE = 2 ** 54
const TOO_LARGE = 1e21

/**
 * Whether the shortest digits lie just between two floats: mirrored at them, the float is the next. Then
 * PostgreSQL does not trust the reader to take the even one.
 */
function isBetweenFloats(value: number, text: string): boolean {
  const magnitude = Math.abs(value)
  if (magnitude <= LARGE || magnitude >= TOO_LARGE) return false
  const [, first = '', rest = '', power = ''] = /^-?(\d)(?:\.(\d+))?e\+(\d+)$/.exec(text) ?? []
  const exact = BigInt(magnitude)
  const printed = BigInt((first + rest).padEnd(Number(power) + 1, '0'))
  const mirrored = 2n * printed - exact
  return printed !== exact && BigInt(Number(mirrored)) === mirrored
}

/** The fewest digits, of 15 to 17, that are the same number and no such ones. */
function longerText(value: number): string {
  const tried = [14, 15].map(decimals => value.toExponential(decimals))
  const isGood = (text: string): boolean => Number(text) === value && !isBetweenFloats(value, text)
  return tried.find(isGood) ?? value.toExponential(16)
}

/** Of a number of 32 bits, given as the number of 64 bits that is the same. */
export function singleText(value: number): string {
  if (!Number.isFinite(value) || value === 0) return specialText(value)
  // Six digits survive the way there and back, of the smallest numbers fewer; nine do in any case.
  for (let digits = Math.abs(value) < SMALLEST_NORMAL ? 0 : 5; digits < 8; digits += 1) {
    const text = evenAtTie(value, digits)
    const read = Number(text)
    if (Math.fround(read) === value && !isBetweenSingles(value, read)) return layOut(text, SINGLE)
  }
  return layOut(value.toExponential(8), SINGLE)
}

/** As above, of numbers of 32 bits: what is mirrored then has as few bits. */
function isBetweenSingles(value: number, printed: number): boolean {
  const mirrored = 2 * printed - value
  return printed !== value && Math.fround(mirrored) === mirrored
}

/**
 * The number with so many digits behind the first one. Where it is just between two of them,
 * `toExponential` takes the larger, and PostgreSQL the one whose last digit is even: 43276.8125 is
 * `43276.812`.
 */
function evenAtTie(value: number, digits: number): string {
  const rounded = value.toExponential(digits)
  const longer = value.toExponential(digits + 1)
  const [, first = '', rest = '', power = ''] = /^(-?\d)\.(\d*)5(e.+)$/.exec(longer) ?? []
  if (first === '' || Number(longer) !== value) return rounded
  const isEven = Number((first + rest).at(-1)) % 2 === 0
  return isEven ? `${first}${rest === '' ? '' : `.${rest}`}${power}` : rounded
}

function specialText(value: number): string {
  if (Object.is(value, -0)) return '-0'
  return String(value) // `0`, `NaN`, `Infinity`, `-Infinity`
}

/** `-1.25e+3`, with any zeros at the end of its digits, as PostgreSQL lays it out. */
function layOut(scientific: string, { plainBelow }: Precision): string {
  const [, sign = '', first = '', rest = '', power = '0'] =
    /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(scientific) ?? []
  const digits = first + rest.replace(/0+$/, '')
  const exponent = Number(power)
  if (exponent < SMALLEST_PLAIN || exponent >= plainBelow) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : ''
    const size = String(Math.abs(exponent)).padStart(2, '0')
    return `${sign}${first}${fraction}e${exponent < 0 ? '-' : '+'}${size}`
  }
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`
  if (digits.length <= exponent + 1) return sign + digits.padEnd(exponent + 1, '0')
  return `${sign}${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`
}

/**
 * The text of a floating point number as PostgreSQL prints it: the shortest digits that read back as
 * the same number, with an exponent beyond what it has digits for.
 * @see float8out and float4out in PostgreSQL's float.c; formats/column-type.ts
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
  return layOut(value.toExponential(), DOUBLE)
}

/** Of a number of 32 bits, given as the number of 64 bits that is the same. */
export function singleText(value: number): string {
  if (!Number.isFinite(value) || value === 0) return specialText(value)
  // Six digits survive the way there and back, of the smallest numbers fewer; nine do in any case.
  for (let digits = Math.abs(value) < SMALLEST_NORMAL ? 0 : 5; digits < 8; digits += 1) {
    const text = value.toExponential(digits)
    if (Math.fround(Number(text)) === value) return layOut(text, SINGLE)
  }
  return layOut(value.toExponential(8), SINGLE)
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

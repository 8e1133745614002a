/** The polynomial of zlib's CRC-32, its lowest power in the highest bit. */
const POLYNOMIAL = 0xedb88320
const ONE = 0x80000000

/** The powers x^(2^n) modulo the polynomial, of which any other power is a product. */
const POWERS = squares()

/**
 * The CRC-32 of two texts behind each other, from that of each and the length of the second in bytes:
 * the first is moved up by as many places, which is a multiplication of polynomials over GF(2).
 * @see https://www.rfc-editor.org/rfc/rfc1952 for the CRC itself
 */
export function combineCrc(first: number, second: number, secondBytes: number): number {
  let moved = first
  let rest = secondBytes
  for (let power = 3; rest > 0; power++) {
    // 2^3 bits a byte
    if (rest % 2 === 1) moved = multiply(POWERS[power % POWERS.length] ?? 0, moved)
    rest = Math.floor(rest / 2)
  }
  return (moved ^ second) >>> 0
}

function multiply(left: number, right: number): number {
  let product = 0
  let shifted = right
  for (let bit = ONE; bit !== 0; bit >>>= 1) {
    if ((left & bit) !== 0) product ^= shifted
    shifted = (shifted & 1) === 0 ? shifted >>> 1 : (shifted >>> 1) ^ POLYNOMIAL
  }
  return product >>> 0
}

/** They come round after 32. */
function squares(): readonly number[] {
  const powers = [ONE >>> 1]
  for (let power = 1; power < 32; power++) {
    const last = powers[power - 1] ?? 0
    powers.push(multiply(last, last))
  }
  return powers
}

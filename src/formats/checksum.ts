/** Checksums that services keep for whole objects; values are lower-case hexadecimal. */
export interface Checksums {
  readonly md5?: string
  readonly crc32c?: string
  readonly crc64nvme?: string
  readonly sha256?: string
}

export type ChecksumName = keyof Checksums

const NAMES = ['crc32c', 'md5', 'sha256', 'crc64nvme'] as const satisfies readonly ChecksumName[]

/** Whether two sets of checksums agree; undefined when they have no algorithm in common. */
export function checksumsAgree(a: Checksums, b: Checksums): boolean | undefined {
  const common = NAMES.filter(name => a[name] !== undefined && b[name] !== undefined)
  return common.length === 0 ? undefined : common.every(name => a[name] === b[name])
}

/** Eight hexadecimal digits of a CRC of 32 bits. */
export function crc32cHex(crc: number): string {
  return (crc >>> 0).toString(16).padStart(8, '0')
}

export function hexToBase64(hex: string): string {
  return Buffer.from(hex, 'hex').toString('base64')
}

export function base64ToHex(text: string): string {
  return Buffer.from(text, 'base64').toString('hex')
}

/** The Castagnoli polynomial of CRC-32C, bits reversed (RFC 3720, appendix B.4). */
const POLYNOMIAL = 0x82f63b78

/** Product of two polynomials modulo the Castagnoli polynomial; bit 31 is x^0. */
function multiply(a: number, b: number): number {
  let product = 0
  let factor = b
  for (let bit = 0x80000000; bit !== 0; bit >>>= 1) {
    if ((a & bit) !== 0) product ^= factor
    factor = (factor & 1) !== 0 ? (factor >>> 1) ^ POLYNOMIAL : factor >>> 1
  }
  return product >>> 0
}

const X_TO_8 = 0x00800000
const ONE = 0x80000000

/** x^(8 * bytes) modulo the polynomial, by squaring. */
function shiftBy(bytes: number): number {
  let power = ONE
  let square = X_TO_8
  for (let left = bytes; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) power = multiply(power, square)
    square = multiply(square, square)
  }
  return power
}

/**
 * The CRC-32C of two pieces one after the other, from that of each and the length in bytes of the
 * second: so parts can be sent in any order and the whole still be checked. A CRC is linear: the
 * first piece's is moved past the second by a multiplication with x^(8 * length).
 */
export function combineCrc32c(first: number, second: number, secondBytes: number): number {
  return (multiply(shiftBy(secondBytes), first >>> 0) ^ second) >>> 0
}

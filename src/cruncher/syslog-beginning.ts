const SPACE = 0x20
const LESS_THAN = 0x3c
const DASH = 0x2d
const LETTER_T = 0x54
const SHORTEST = 16

/** The months as syslog writes them, three letters in one number. */
const MONTHS = new Set(
  'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'
    .split(' ')
    .map(([a = '', b = '', c = '']) =>
      threeBytes(a.charCodeAt(0), b.charCodeAt(0), c.charCodeAt(0)),
    ),
)

/**
 * Whether a text begins as lines of syslog do: `<13>`, `Nov  3 `, `2026-03-01T`. Most texts do not, and
 * need not be looked at any further.
 */
export function beginsAsSyslog(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from < SHORTEST) return false
  const first = bytes[from] ?? 0
  if (first === LESS_THAN) return isDigit(bytes[from + 1])
  if (isDigit(first)) {
    return bytes[from + 4] === DASH && bytes[from + 7] === DASH && bytes[from + 10] === LETTER_T
  }
  if (bytes[from + 3] !== SPACE || bytes[from + 6] !== SPACE || !isDigit(bytes[from + 5]))
    return false
  return MONTHS.has(threeBytes(first, bytes[from + 1] ?? 0, bytes[from + 2] ?? 0))
}

function threeBytes(a: number, b: number, c: number): number {
  return (a << 16) | (b << 8) | c
}

const isDigit = (byte: number | undefined): boolean =>
  byte !== undefined && byte >= 0x30 && byte <= 0x39

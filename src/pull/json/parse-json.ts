/**
 * A value of a JSON text. A number that a double cannot hold is kept as its text (`JSON.rawJSON`):
 * JSON.stringify prints it as it came.
 */
export type JsonValue = unknown

export type JsonRecord = Readonly<Record<string, JsonValue>>

export function isRecord(value: unknown): value is JsonRecord {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value)
  )
}

/** What might be a number of more digits than a double has, or beyond its range. */
const SUSPECT = /[\d.][\d.eE+-]{15}|[eE][+-]?\d{3}/

/** Parses JSON without losing a digit. @throws SyntaxError */
export function parseJson(text: string): JsonValue {
  if (!SUSPECT.test(text)) return JSON.parse(text)
  return JSON.parse(text, (_key: string, value: unknown, { source }) => {
    if (typeof value !== 'number' || source === undefined) return value
    return isExact(source, value) ? value : JSON.rawJSON(source)
  })
}

/** Whether the digits of a number are those that the double prints, zeros aside. */
export function isExact(source: string, value: number): boolean {
  const text = String(value)
  return text === source || digitsOf(text) === digitsOf(source)
}

/** `-12.50e3` as `-125e2`: the same text for the same number. */
function digitsOf(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? []
  const digits = `${whole}${fraction}`.replace(/^0+/, '')
  const trimmed = digits.replace(/0+$/, '')
  if (trimmed === '') return /^\d/.test(whole) ? '0' : text
  const power = Number(exponent) - fraction.length + digits.length - trimmed.length
  return `${sign}${trimmed}e${power}`
}

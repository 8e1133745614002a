/**
 * The text of `<%= value %>`: as it is, never escaped. What could only be a mistake in SQL is
 * refused: undefined, functions, objects, dates and lists of anything but numbers.
 * @throws TypeError
 */
export function valueText(value: unknown): string {
  if (typeof value === 'string') return value
  if (isNumeric(value) || typeof value === 'boolean' || value === null) return String(value)
  if (Array.isArray(value) && value.every(isNumeric)) return value.join(', ')
  throw new TypeError(`the value is ${describe(value)}`)
}

function isNumeric(value: unknown): value is number | bigint {
  return typeof value === 'bigint' || (typeof value === 'number' && !Number.isNaN(value))
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return 'a list; write literal(list)'
  if (value instanceof Date) return 'a date; write literal(date)'
  if (typeof value === 'function') return `a function; call it: ${value.name}(...)`
  if (typeof value === 'number') return 'not a number (NaN)'
  return typeof value === 'object' ? 'an object; name a field of it' : typeof value
}

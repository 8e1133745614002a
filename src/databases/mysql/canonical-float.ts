/**
 * SQL of the text of a floating point number as PostgreSQL prints it. MySQL prints the same shortest
 * digits of a number of 64 bits, and begins with exponents elsewhere (below 1e-15, from 1e15 on); of
 * one of 32 bits it prints six. Found by comparing (test/databases/fingerprint.contract.ts).
 */

/** Of a DOUBLE. */
export function doubleText(value: string): string {
  return `CASE WHEN ${value} IS NULL THEN NULL WHEN ${value} = 0 THEN '0'
${betweenFloats(value)}ELSE CONCAT(${signOf(value)}, ${layOut(`ABS(${value})`, '1e15')}) END`
}

/**
 * Of a FLOAT: the number of the fewest digits that is the same FLOAT. Six digits are tried first, which
 * survive the way there and back; of the smallest numbers, which have fewer, one.
 */
export function singleText(value: string): string {
  const magnitude = `ABS(${value} * 1e0)`
  const power = `FLOOR(LOG10(${magnitude}))`
  const rounded = (digits: number): string => {
    const whole = `ROUND(${magnitude} * POW(10, ${digits - 1} - ${power}))`
    return `CAST(CONCAT(${whole}, 'e', ${power} - ${digits - 1}) AS DOUBLE)`
  }
  const tried = [1, 2, 3, 4, 5, 6, 7, 8].map(digits => {
    const isTried = digits < 6 ? `${magnitude} < 1.1754943e-38 AND ` : ''
    const isSame = `CAST(${rounded(digits)} AS FLOAT) = ABS(${value})`
    // Just between two floats: see betweenFloats below.
    const mirrored = `(2 * ${rounded(digits)} - ${magnitude})`
    const isBetween = `${rounded(digits)} <> ${magnitude} AND CAST(${mirrored} AS FLOAT) * 1e0 = ${mirrored}`
    return `WHEN ${isTried}${isSame} AND NOT (${isBetween}) THEN ${rounded(digits)}`
  })
  const shortest = `CASE ${tried.join(' ')} ELSE ${rounded(9)} END`
  return `CASE WHEN ${value} IS NULL THEN NULL WHEN ${value} = 0 THEN '0'
ELSE CONCAT(${signOf(value)}, ${layOut(shortest, '1e6')}) END`
}

const signOf = (value: string): string => `IF(${value} < 0, '-', '')`

/** Of a positive DOUBLE; with an exponent below 1e-4 and from `large` on. */
function layOut(value: string, large: string): string {
  const text = `CAST(${value} AS CHAR)`
  const decimals = `SUBSTR(${text}, 3)`
  const digits = `TRIM(LEADING '0' FROM ${decimals})`
  const zeros = `LENGTH(${decimals}) - LENGTH(${digits})`
  const whole = `LENGTH(SUBSTRING_INDEX(${text}, '.', 1))`
  return `CASE WHEN LOCATE('e', ${text}) > 0 THEN REPLACE(REPLACE(${text}, 'e', 'e+'), 'e+-', 'e-')
WHEN ${value} < 0.0001 THEN CONCAT(${pointed(digits)}, 'e-', LPAD(${zeros} + 1, 2, '0'))
WHEN ${value} >= ${large} THEN CONCAT(${pointed(`TRIM(TRAILING '0' FROM REPLACE(${text}, '.', ''))`)}, 'e+', LPAD(${whole} - 1, 2, '0'))
ELSE ${text} END`
}

/** A point behind the first digit; a digit alone is left as it is. */
const pointed = (digits: string): string => `INSERT(${digits}, 2, 0, '.')`

/**
 * Where the shortest digits lie just between two floats, PostgreSQL does not trust the reader to take the
 * even one, and prints one more digit or two: mirrored at the shortest digits, the float is the next. Such
 * are whole numbers of 54 bits and more; their exact digits are put together of two halves.
 */
function betweenFloats(value: string): string {
  const magnitude = `ABS(${value})`
  const exact = exactDecimal(magnitude)
  const isBetween = (digits: string): string => {
    const mirrored = `(2 * ${digits} - ${exact})`
    return `${digits} <> ${exact} AND ${exactDecimal(`CAST(${mirrored} AS DOUBLE)`)} = ${mirrored}`
  }
  const rounded = (digits: number): string => `ROUND(${exact}, ${digits} - LENGTH(${exact}))`
  const isGood = (digits: number): string =>
    `CAST(${rounded(digits)} AS DOUBLE) = ${magnitude} AND NOT (${isBetween(rounded(digits))})`
  const longer = `CASE WHEN ${isGood(15)} THEN ${rounded(15)} WHEN ${isGood(16)} THEN ${rounded(16)} ELSE ${rounded(17)} END`
  const digits = `TRIM(TRAILING '0' FROM CAST(${longer} AS CHAR))`
  const shortest = `CAST(CAST(${magnitude} AS CHAR) AS DECIMAL(30,0))`
  return `WHEN ${magnitude} > 18014398509481984 AND ${magnitude} < 1e21 AND ${isBetween(shortest)}
THEN CONCAT(${signOf(value)}, ${pointed(digits)}, 'e+', LENGTH(${exact}) - 1)
`
}

/** All digits of a whole number below 1e27. */
function exactDecimal(value: string): string {
  const high = `FLOOR(${value} / 4294967296)`
  const half = (part: string): string => `CAST(${part} AS DECIMAL(20,0))`
  return `(${half(high)} * 4294967296 + ${half(`(${value} - ${high} * 4294967296e0)`)})`
}

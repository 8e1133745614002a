/**
 * T-SQL of the text of a floating point number as PostgreSQL prints it: the fewest digits that are the
 * same number. The server prints 16 and 17 digits (styles 2 and 3 of CONVERT); 15 follow from 17.
 * @see https://learn.microsoft.com/sql/t-sql/functions/cast-and-convert-transact-sql, float and real styles
 */
import { type Layer, layered } from './layered.ts'

/** From here on a float is a whole number whose neighbours are four apart. */
const SPARSE = '18014398509481984e0'
/** `1.2345678901234567e+008`: digits with a point, then the exponent. */
const TEXT_LAYERS: readonly Layer[] = [
  { t17: 'CONVERT(varchar(30), {m}, 3)', t16: 'CONVERT(varchar(30), {m}, 2)' },
  { d17: 'CAST(LEFT({t17}, 18) AS decimal(18,16))', e: 'SUBSTRING({t17}, 19, 6)' },
]

/** Of a float of 64 bits. */
export function doubleText(value: string): string {
  return text(value, 15, [
    { m: `ABS(${value})` },
    ...TEXT_LAYERS,
    {
      d15: 'ROUND({d17}, 14)',
      // Two halves: a float of more digits than 17 is no decimal by a cast.
      exact: `CASE WHEN {m} > ${SPARSE} AND {m} < 1e21 THEN ${exactDecimal('{m}')} END`,
    },
    { t15: asText('{d15}', '{e}') },
    {
      chosen: `CASE WHEN ${isGood('{t15}')} THEN {t15} WHEN ${isGood('{t16}')} THEN ${padded('{t16}')} ELSE {t17} END`,
    },
  ])
}

/** Of a real of 32 bits: six digits are always the same number, nine are enough. */
export function singleText(value: string): string {
  const digits = [6, 7, 8, 9]
  const tried = digits.map(count => `WHEN ${isGoodSingle(`{t${count}}`)} THEN {t${count}}`)
  return text(value, 6, [
    { m: `ABS(CAST(${value} AS float))`, r: `ABS(${value})` },
    ...TEXT_LAYERS,
    Object.fromEntries(digits.map(count => [`d${count}`, roundedToEven('{d17}', count)])),
    Object.fromEntries(digits.map(count => [`t${count}`, asText(`{d${count}}`, '{e}')])),
    { chosen: `CASE ${tried.join(' ')} ELSE {t9} END` },
  ])
}

/** Lays out the digits that were chosen; `large` digits before the point at most. */
function text(value: string, large: number, steps: readonly Layer[]): string {
  const all = [
    ...steps,
    {
      digits: `REPLACE(LEFT({chosen}, 18), '.', '')`,
      n: 'CAST(SUBSTRING({chosen}, 20, 6) AS int)',
    },
  ]
  const point = 'CASE WHEN {n} < 0 THEN 2 ELSE {n} + 2 END'
  const plain = `STUFF(CONCAT(REPLICATE('0', -{n}), {digits}), ${point}, 0, '.')`
  const exponent = `CASE WHEN {n} < 0 THEN 'e-' ELSE 'e+' END, CASE WHEN ABS({n}) < 10 THEN '0' ELSE '' END, ABS({n})`
  const printed = `CASE WHEN {n} >= -4 AND {n} < ${large} THEN ${withoutZeros(plain)}
ELSE CONCAT(${withoutZeros('LEFT({chosen}, 18)')}, ${exponent}) END`
  return `CASE WHEN ${value} IS NULL THEN NULL WHEN ${value} = 0 THEN '0'
ELSE CONCAT(CASE WHEN ${value} < 0 THEN '-' ELSE '' END, ${layered(all, printed)}) END`
}

/** Zeros at the end of a text with a point, and a point that is left without any. */
export function withoutZeros(value: string): string {
  const blanks = `RTRIM(REPLACE(${value}, '0', ' '))`
  const trimmed = `REPLACE(${blanks}, ' ', '0')`
  return `REPLACE(RTRIM(REPLACE(${trimmed}, '.', ' ')), ' ', '.')`
}

/** 17 digits and an exponent; 9.99... may have been rounded to ten. */
const asText = (digits: string, exponent: string): string =>
  `CASE WHEN ${digits} < 10 THEN CONCAT(CONVERT(varchar(20), CAST(${digits} AS decimal(18,16))), ${exponent})
ELSE CONCAT('1.0000000000000000e', CASE WHEN CAST(SUBSTRING(${exponent}, 2, 5) AS int) + 1 < 0 THEN '-' ELSE '+' END,
  RIGHT(CONCAT('00', ABS(CAST(SUBSTRING(${exponent}, 2, 5) AS int) + 1)), 3)) END`

/** 16 digits with one more, a zero. */
const padded = (value: string): string => `STUFF(${value}, 18, 0, '0')`

/**
 * Reads back as the same number. Where the digits lie just between two floats, PostgreSQL does not trust
 * the reader to take the even one, and prints more: mirrored at those digits, the float is the next one.
 */
function isGood(printed: string): string {
  const whole = `CAST(CONCAT(REPLACE(LEFT(${printed}, CHARINDEX('e', ${printed}) - 1), '.', ''), REPLICATE('0', CAST(SUBSTRING(${printed}, CHARINDEX('e', ${printed}) + 1, 5) AS int) - CHARINDEX('e', ${printed}) + 3)) AS decimal(38,0))`
  const mirrored = `(2 * ${whole} - {exact})`
  const isBetween = `${whole} <> {exact} AND ${exactDecimal(`CAST(${mirrored} AS float)`)} = ${mirrored}`
  return `CAST(${printed} AS float) = {m} AND CASE WHEN {exact} IS NULL THEN 0 WHEN ${isBetween} THEN 1 ELSE 0 END = 0`
}

function isGoodSingle(printed: string): string {
  const number = `CAST(${printed} AS float)`
  const mirrored = `(2 * ${number} - {m})`
  // The next one may be beyond the largest real, which no cast can say.
  const isBetween = `${number} <> {m} AND ABS(${mirrored}) < 3.4028235e38 AND CAST(CAST(${mirrored} AS real) AS float) = ${mirrored}`
  return `ABS(${number}) < 3.4028235677973366e38 AND CAST(${number} AS real) = {r} AND NOT (${isBetween})`
}

/** All digits of a whole number below 1e27. */
function exactDecimal(value: string): string {
  const high = `FLOOR(${value} / 4294967296e0)`
  const half = (part: string): string => `CAST(${part} AS decimal(19,0))`
  return `(CAST(${half(high)} AS decimal(38,0)) * 4294967296 + ${half(`(${value} - ${high} * 4294967296e0)`)})`
}

/** ROUND goes away from zero where a number lies just between two; PostgreSQL takes the even one. */
function roundedToEven(value: string, digits: number): string {
  const decimals = digits - 1
  const cut = `ROUND(${value}, ${decimals}, 1)`
  const half = `0.${'0'.repeat(decimals)}5`
  const isEven = `CAST(CAST(${cut} AS decimal(25,16)) * 1${'0'.repeat(decimals)} AS bigint) % 2 = 0`
  return `CASE WHEN ${value} - ${cut} = ${half} AND ${isEven} THEN ${cut} ELSE ROUND(${value}, ${decimals}) END`
}

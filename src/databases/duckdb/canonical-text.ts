import type { ColumnType } from '../../formats/column-type.ts'

/**
 * Texts of values as formats/column-type.ts says, where DuckDB's own differ: floats, intervals, times
 * before Christ. Found by comparing with PostgreSQL (test/databases/fingerprint.contract.ts).
 */

/**
 * Both engines print the shortest digits that read back. DuckDB writes `.0` behind a whole number, and
 * has an exponent from 1e16 on only; PostgreSQL from 1e15 on, and 1e6 on for 32 bits. And where the
 * shortest digits lie just between two floats, PostgreSQL does not trust the reader to take the even
 * one, and prints one more digit or two (5.1768338255317984e+16):
 * mirrored at the shortest digits, the float is the next.
 */
export function floatText(value: string, bits: 32 | 64): string {
  if (bits === 32) return singleText(value)
  const text = `CAST(${value} AS VARCHAR)`
  const magnitude = `CAST(abs(${value}) AS VARCHAR)`
  const digits = `rtrim(replace(${magnitude}, '.', ''), '0')`
  const exponent = `lpad(CAST(strpos(${magnitude}, '.') - 2 AS VARCHAR), 2, '0')`
  const fraction = `CASE WHEN length(${digits}) > 1 THEN '.' || substr(${digits}, 2) ELSE '' END`
  const scientific = `CASE WHEN ${value} < 0 THEN '-' ELSE '' END || left(${digits}, 1) || ${fraction} || 'e+' || ${exponent}`
  return `CASE WHEN ${value} IS NULL THEN NULL WHEN isnan(${value}) THEN 'NaN'
WHEN isinf(${value}) THEN CASE WHEN ${value} > 0 THEN 'Infinity' ELSE '-Infinity' END
${betweenFloats(value, text)}WHEN abs(${value}) >= 1e15 AND abs(${value}) < 1e16 THEN ${scientific}
WHEN suffix(${text}, '.0') THEN left(${text}, length(${text}) - 2) ELSE ${text} END`
}

/**
 * Of 32 bits DuckDB prints more digits than there need be where two texts are equally near. So the number
 * is written with six digits and more (of the smallest numbers, which have fewer, with one), until
 * it reads back; not where the text lies just between two floats. `format` takes the even digit of two.
 */
function singleText(value: string): string {
  const exact = `CAST(${value} AS DOUBLE)`
  const written = (decimals: number): string => `format('{:.${decimals}e}', ${exact})`
  const tried = [0, 1, 2, 3, 4, 5, 6, 7].map(decimals => {
    const read = `CAST(${written(decimals)} AS DOUBLE)`
    const mirrored = `(2 * ${read} - ${exact})`
    const isSame = `TRY_CAST(${read} AS FLOAT) = ${value}`
    const isBetween = `${read} <> ${exact} AND TRY_CAST(${mirrored} AS FLOAT) = ${mirrored}`
    const isTried = decimals < 5 ? `abs(${exact}) < 1.1754943e-38 AND ` : ''
    return `WHEN ${isTried}coalesce(${isSame}, false) AND NOT coalesce(${isBetween}, false) THEN ${written(decimals)}`
  })
  const power = `CAST(split_part(t, 'e', 2) AS INTEGER)`
  const plain = `CAST(CAST(t AS DOUBLE) AS VARCHAR)`
  const scientific = `rtrim(rtrim(split_part(t, 'e', 1), '0'), '.') || 'e' || split_part(t, 'e', 2)`
  const laidOut = `CASE WHEN ${power} < -4 OR ${power} >= 6 THEN ${scientific}
WHEN suffix(${plain}, '.0') THEN left(${plain}, length(${plain}) - 2) ELSE ${plain} END`
  return `CASE WHEN ${value} IS NULL THEN NULL WHEN isnan(${value}) THEN 'NaN'
WHEN isinf(${value}) THEN CASE WHEN ${value} > 0 THEN 'Infinity' ELSE '-Infinity' END
WHEN ${value} = 0 THEN replace(CAST(${value} AS VARCHAR), '.0', '')
ELSE list_transform([CASE ${tried.join('\n')} ELSE ${written(8)} END], lambda t: ${laidOut})[1] END`
}

function betweenFloats(value: string, text: string): string {
  const exact = `TRY_CAST(${value} AS HUGEINT)`
  const printed = `TRY_CAST(${text} AS HUGEINT)`
  const mirrored = `(2 * ${printed} - ${exact})`
  const written = (decimals: number): string => {
    const digits = `format('{:.${decimals}e}', ${value})`
    return `rtrim(rtrim(split_part(${digits}, 'e', 1), '0'), '.') || 'e' || split_part(${digits}, 'e', 2)`
  }
  const isShorter = (decimals: number): string => {
    const digits = `format('{:.${decimals}e}', ${value})`
    return `CAST(${digits} AS DOUBLE) = ${value} AND TRY_CAST(${digits} AS HUGEINT) <> ${printed}`
  }
  return `WHEN abs(${value}) > 18014398509481984 AND abs(${value}) < 5e37 AND ${printed} <> ${exact}
AND TRY_CAST(CAST(${mirrored} AS DOUBLE) AS HUGEINT) = ${mirrored}
THEN CASE WHEN ${isShorter(14)} THEN ${written(14)} WHEN ${isShorter(15)} THEN ${written(15)} ELSE ${written(16)} END
`
}

/** Of a DATE or a TIMESTAMP: ` (BC)` behind the date becomes ` BC` behind it all. */
export function temporalText(
  value: string,
  type: Extract<ColumnType, { kind: 'date' | 'timestamp' }>,
): string {
  const hasZone = type.kind === 'timestamp' && type.zone
  const zone = hasZone ? '+00' : ''
  // Its text would be in the session's time zone.
  const finite = `CAST(${hasZone ? `make_timestamp(epoch_us(${value}))` : value} AS VARCHAR)`
  return `CASE WHEN NOT isfinite(${value}) THEN CAST(${value} AS VARCHAR)
WHEN contains(${finite}, '(BC)') THEN replace(${finite}, ' (BC)', '') || '${zone} BC' ELSE ${finite}${hasZone ? ` || '${zone}'` : ''} END`
}

/** `1 year 2 mons 3 days 04:05:06.789`; what follows something negative and is not, has a plus. */
export function intervalText(value: string): string {
  const years = `extract(year FROM ${value})`
  const months = `extract(month FROM ${value})`
  const days = `extract(day FROM ${value})`
  const micros = `(extract(hour FROM ${value}) * 3600000000 + extract(minute FROM ${value}) * 60000000 + extract(microsecond FROM ${value}))`
  const plus = (part: string, before: string): string =>
    `CASE WHEN ${part} > 0 AND (${before}) < 0 THEN '+' ELSE '' END`
  const field = (part: string, unit: string, before: string): string =>
    `CASE WHEN ${part} = 0 THEN NULL ELSE ${before === '' ? '' : `${plus(part, before)} || `}CAST(${part} AS VARCHAR) || ' ${unit}' || CASE WHEN ${part} = 1 THEN '' ELSE 's' END END`
  // The last part before this one that is not zero decides.
  const beforeDays = `CASE WHEN ${months} <> 0 THEN ${months} ELSE ${years} END`
  const beforeTime = `CASE WHEN ${days} <> 0 THEN ${days} ELSE ${beforeDays} END`
  const clock = `lpad(CAST(abs(${micros}) // 3600000000 AS VARCHAR), CAST(greatest(2, length(CAST(abs(${micros}) // 3600000000 AS VARCHAR))) AS INTEGER), '0')
|| ':' || lpad(CAST(abs(${micros}) // 60000000 % 60 AS VARCHAR), 2, '0') || ':' || lpad(CAST(abs(${micros}) // 1000000 % 60 AS VARCHAR), 2, '0')
|| CASE WHEN abs(${micros}) % 1000000 = 0 THEN '' ELSE '.' || rtrim(lpad(CAST(abs(${micros}) % 1000000 AS VARCHAR), 6, '0'), '0') END`
  const time = `CASE WHEN ${micros} = 0 AND (${years} <> 0 OR ${months} <> 0 OR ${days} <> 0) THEN NULL
ELSE CASE WHEN ${micros} < 0 THEN '-' ELSE ${plus(micros, beforeTime)} END || ${clock} END`
  return `CASE WHEN ${value} IS NOT NULL THEN concat_ws(' ', ${field(years, 'year', '')}, ${field(months, 'mon', years)}, ${field(days, 'day', beforeDays)}, ${time}) END`
}

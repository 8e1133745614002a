import type { Spelling } from './dialect.contract.ts'

/** T-SQL's words for what the contract asks of all. */
export const sqlServerSpelling: Spelling = {
  text: 'nvarchar(max)',
  integer: 'int',
  bigint: 'bigint',
  real: 'real',
  double: 'float',
  json: undefined,
  yes: 'CAST(1 AS bit)',
  no: 'CAST(0 AS bit)',
  date: day => `CAST('${day}' AS date)`,
  hasNaN: false,
  hasBooleans: true,
  failsByValue: `SELECT CAST('x' AS int)`,
  repeat: (text, times) => `REPLICATE(CAST('${text}' AS nvarchar(max)), ${times})`,
  series: (first, last) => `SELECT value AS i FROM GENERATE_SERIES(${first}, ${last})`,
  failsLate: `SELECT CAST(IIF(value = 900000, 'late', '1') AS int) FROM GENERATE_SERIES(1, 1000000)`,
  insertReturning: table => `INSERT INTO ${table} OUTPUT inserted.a VALUES (1), (2)`,
  tellsPosition: false,
}

/**
 * Redshift's words by a PostgreSQL server, which reads a backslash in strings as Redshift does. What
 * Redshift alone has (strtol, varbyte) is made of functions that do what its documentation says.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startPostgres } from '../../servers/postgres.ts'
import { redshiftEngine } from '../../src/databases/redshift/engine.ts'
import { fingerprint } from '../../src/databases/redshift/fingerprint.ts'
import type { ColumnType } from '../../src/formats/column-type.ts'
import { fingerprintContract } from './fingerprint.contract.ts'
import { redshiftFingerprintEngine } from './redshift-fingerprint-engine.ts'

const STAND_INS = [
  `CREATE FUNCTION strtol(digits text, base int) RETURNS bigint IMMUTABLE LANGUAGE sql
   AS $$ SELECT CAST(CAST('x' || lpad(digits, 16, '0') AS bit(64)) AS bigint) $$`,
  `CREATE DOMAIN varbyte AS bytea`,
  `CREATE FUNCTION from_varbyte(bytes bytea, form text) RETURNS text IMMUTABLE LANGUAGE sql
   AS $$ SELECT encode(bytes, form) $$`,
  `CREATE FUNCTION to_varbyte(digits text, form text) RETURNS bytea IMMUTABLE LANGUAGE sql
   AS $$ SELECT decode(digits, form) $$`,
]

let server: Awaited<ReturnType<typeof startPostgres>>
const open = () =>
  redshiftEngine.open({
    url: server.url.replace('postgres:', 'redshift:'),
    projectDirectory: '.',
    environment: {},
    signal: new AbortController().signal,
  })

beforeAll(async () => {
  const settings = { standard_conforming_strings: 'off', escape_string_warning: 'off' }
  server = await startPostgres({ settings: { ...settings, timezone: 'Asia/Kolkata' } })
  await using session = await open()
  for (const statement of STAND_INS) await session.execute(statement)
})
afterAll(async () => server.stop())

fingerprintContract('redshift', async () =>
  redshiftFingerprintEngine(redshiftEngine, server.url.replace('postgres:', 'redshift:')),
)

const UNWRITTEN: readonly (readonly [native: string, type: ColumnType])[] = [
  ['double precision', { kind: 'float', bits: 64 }],
  ['super', { kind: 'json' }],
  ['timetz', { kind: 'time', zone: true }],
  ['interval', { kind: 'interval' }],
]

test.each(UNWRITTEN)(
  'of %s the text is not written: the column is left out and told',
  (name, type) => {
    const compared = { column: { name: 'c', type, nullable: true, native: name }, form: type }
    expect(() => fingerprint.text(compared)).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED' }),
    )
  },
)

const TEXTS: readonly (readonly [native: string, type: ColumnType, text: string])[] = [
  ['integer', { kind: 'integer', bits: 32 }, 'CAST("c" AS varchar(65535))'],
  ['boolean', { kind: 'boolean' }, `CASE WHEN "c" THEN 't' WHEN NOT "c" THEN 'f' END`],
  ['varbyte(9)', { kind: 'bytes', length: 9 }, `'\\\\x' || lower(from_varbyte("c", 'hex'))`],
  [
    'timestamptz',
    { kind: 'timestamp', zone: true },
    `rtrim(rtrim(to_char(("c" AT TIME ZONE 'UTC'), 'YYYY-MM-DD HH24:MI:SS.US'), '0'), '.') || '+00' || CASE WHEN ("c" AT TIME ZONE 'UTC') < '0001-01-01' THEN ' BC' ELSE '' END`,
  ],
]

test.each(TEXTS)('the text of %s in Redshift\u2019s words', (name, type, text) => {
  const compared = { column: { name: 'c', type, nullable: true, native: name }, form: type }
  expect(fingerprint.text(compared)).toBe(text)
})

test('a checksum in Redshift\u2019s words', () => {
  const type: ColumnType = { kind: 'text' }
  const column = { column: { name: 'c', type, nullable: true, native: 'varchar(9)' }, form: type }
  const query = {
    relation: { name: 't' },
    key: [column],
    columns: [column],
    where: [],
    ranges: [],
    bounds: [],
  }
  expect(fingerprint.fingerprints({ ...query, kind: 'common' })).toBe(
    `SELECT "bucket", count(*) AS "row_count", CAST(coalesce(sum(CAST("checksum" AS numeric(38,0))), 0) AS varchar(40)) AS "checksum"
FROM (SELECT 0 AS "bucket", strtol(left(md5(CASE WHEN "c" IS NULL THEN '~' ELSE CAST(octet_length(CAST("c" AS varchar(65535))) AS varchar(20)) || ':' || CAST("c" AS varchar(65535)) END), 15), 16) AS "checksum" FROM "t") AS "q"
GROUP BY "bucket"`,
  )
})

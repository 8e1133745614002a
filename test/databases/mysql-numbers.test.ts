import fc from 'fast-check'
import { expect, test } from 'vitest'
import { singleText as singleTextInSql } from '../../src/databases/mysql/canonical-float.ts'
import { mysqlEngine } from '../../src/databases/mysql/engine.ts'
import { doubleText, singleText } from '../../src/formats/float-text.ts'
import { readAll } from '../../src/databases/read-all.ts'
import { startMariadb } from '../../servers/mariadb.ts'
import { startPostgres } from '../../servers/postgres.ts'
import { floatText } from './fingerprint-values.ts'
import { Client } from 'pg'

test('a number of 64 bits has the text that PostgreSQL prints', () => {
  const any = fc.double({ noNaN: true })
  const large = fc.double({ noNaN: true, min: 1.8e16, max: 1e21 })
  fc.assert(
    fc.property(fc.oneof(any, large), value => {
      if (Number.isFinite(value)) expect(doubleText(value)).toBe(floatText(value))
      expect(Number(doubleText(value))).toBe(value)
    }),
    { numRuns: 5_000 },
  )
})

test('a number of 32 bits is the same in PostgreSQL, in our text and in that of MySQL', async () => {
  const values = fc.sample(fc.float({ noNaN: true, noDefaultInfinity: true }), 400)
  const plain = fc.sample(fc.integer({ min: -99_999_999, max: 99_999_999 }), 400)
  // Just between two numbers of so many digits, and digits just between two numbers.
  const known = [43_276.8125, -2_624_123.25, 96_012_096]
  const singles = [...known, ...values, ...plain.map(value => Math.fround(value / 1_000))]
    .map(value => (value === 0 ? 0 : value)) // MySQL has no negative zero
    .filter((value, at, all) => all.indexOf(value) === at)
  await using postgres = await startPostgres()
  const client = new Client(postgres.url)
  await client.connect()
  const { rows } = await client.query<{ text: string }>(
    'SELECT v::float4::text AS text FROM unnest($1::float8[]) WITH ORDINALITY u(v, n) ORDER BY n',
    [singles],
  )
  await client.end()
  const expected = rows.map(row => row.text)
  expect(singles.map(singleText)).toEqual(expected)
  await using server = await startMariadb()
  await using session = await mysqlEngine.open({
    url: server.url,
    projectDirectory: '.',
    environment: { HOME: '/nonexistent' },
    signal: new AbortController().signal,
  })
  await session.execute('CREATE TABLE singles (n int PRIMARY KEY, f float)')
  const list = singles.map((value, at) => `(${at}, ${value.toExponential()})`)
  await session.execute(`INSERT INTO singles VALUES ${list.join(', ')}`)
  const texts = await readAll(session, `SELECT ${singleTextInSql('f')} FROM singles ORDER BY n`)
  expect(texts.map(([text]) => text)).toEqual(expected)
}, 60_000)

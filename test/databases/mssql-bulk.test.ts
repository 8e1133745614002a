/** What is bulk-loaded comes back: each value through both directions of the wire. */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Session } from '../../src/databases/dialect.ts'
import { bulkLoad } from '../../src/databases/mssql/bulk-load.ts'
import { columnTypes } from '../../src/databases/mssql/column-types.ts'
import { dialectOf } from '../../src/databases/open-database.ts'
import type { TableColumn } from '../../src/formats/column-type.ts'
import { csvLine, type Field } from '../../src/formats/csv.ts'
import { startTds, type TdsServer } from '../../servers/tds.ts'
import { exportText, failureOf } from './dialect.contract.ts'

let server: TdsServer
let session: Session
beforeAll(async () => {
  server = await startTds()
  const { signal } = new AbortController()
  const dialect = await dialectOf(server.url)
  session = await dialect.open({ url: server.url, projectDirectory: '.', environment: {}, signal })
})
afterAll(async () => {
  await session.close()
  await server.stop()
})

const column = (name: string, type: TableColumn['type']): TableColumn => {
  return { name, type, nullable: true, native: '' }
}

const COLUMNS = [
  column('id', { kind: 'integer', bits: 32 }),
  column('big', { kind: 'integer', bits: 64 }),
  column('huge', { kind: 'integer', bits: 128 }),
  column('price', { kind: 'decimal', precision: 38, scale: 10 }),
  column('small', { kind: 'decimal', precision: 5, scale: 2 }),
  column('yes', { kind: 'boolean' }),
  column('half', { kind: 'float', bits: 64 }),
  column('short', { kind: 'text', length: 50 }),
  column('long', { kind: 'text' }),
  column('bytes', { kind: 'bytes' }),
  column('day', { kind: 'date' }),
  column('clock', { kind: 'time', zone: false }),
  column('moment', { kind: 'timestamp', zone: false }),
  column('zoned', { kind: 'timestamp', zone: true }),
  column('uuid', { kind: 'uuid' }),
]
const INTO = { schema: 'dbo', name: 'bulk' }
const typeOf = ({ type }: TableColumn): string => columnTypes.write(type)

async function* lines(
  rows: readonly (readonly Field[])[],
  cut: number,
): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(rows.map(row => csvLine(row, ',')).join(''))
  for (let at = 0; at < bytes.length; at += cut) yield bytes.subarray(at, at + cut)
}

async function recreate(columns: readonly TableColumn[]): Promise<void> {
  const defined = columns.map(one => `[${one.name}] ${typeOf(one)} NULL`)
  await session.execute(`IF OBJECT_ID(N'dbo.bulk', N'U') IS NOT NULL DROP TABLE dbo.bulk`)
  await session.execute(`CREATE TABLE dbo.bulk (${defined.join(', ')})`)
}

const signed = (bits: number) =>
  fc.bigInt({ min: -(2n ** BigInt(bits - 1)), max: 2n ** BigInt(bits - 1) - 1n })
const digits = (most: bigint, scale: number) =>
  fc.bigInt({ min: -most, max: most }).map(value => {
    const text = String(value < 0n ? -value : value).padStart(scale + 1, '0')
    return `${value < 0n ? '-' : ''}${text.slice(0, -scale)}.${text.slice(-scale)}`
  })
const two = (most: number) => fc.nat(most).map(value => String(value).padStart(2, '0'))
const day = fc
  .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  .map(date => date.toISOString().slice(0, 10))
const clock = fc.tuple(two(23), two(59), two(59), fc.nat(999_999)).map(([h, m, s, micros]) => {
  const fraction = String(micros).padStart(6, '0').replace(/0+$/, '')
  return `${h}:${m}:${s}${fraction === '' ? '' : `.${fraction}`}`
})
// A lone half of a pair is no character, and a NUL is none of CSV's.
const text = (maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...Array.from(`a ,"'\n\r\t;é日🎉`)), maxLength })

const row = fc.tuple(
  signed(32).map(String),
  fc.option(signed(64).map(String)),
  fc.option(fc.bigInt({ min: -(10n ** 37n), max: 10n ** 37n }).map(String)),
  fc.option(digits(10n ** 37n, 10)),
  fc.option(digits(99_999n, 2)),
  fc.option(fc.constantFrom('t', 'f')),
  fc.option(fc.integer().map(value => String(value / 8))),
  fc.option(text(50)),
  fc.option(text(3_000)),
  fc.option(fc.uint8Array().map(value => `\\x${Buffer.from(value).toString('hex')}`)),
  fc.option(day),
  fc.option(clock),
  fc.option(fc.tuple(day, clock).map(parts => parts.join(' '))),
  fc.option(fc.tuple(day, clock).map(parts => `${parts.join(' ')}+00`)),
  fc.option(fc.uuid()),
)

test('every value that is loaded comes back as it was', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { minLength: 1, maxLength: 20 }),
      fc.integer({ min: 1, max: 5_000 }),
      async (rows, cut) => {
        await recreate(COLUMNS)
        const numbered = rows.map((one, index) => [String(index), ...one.slice(1)])
        const target = { into: INTO, columns: COLUMNS, typeOf }
        expect(await bulkLoad(session, target, lines(numbered, cut))).toBe(rows.length)
        const expected = numbered.map(one =>
          csvLine(
            one.map(field => field?.replace(/^(\d{4}-.*)\+00$/, '$1+00:00') ?? null),
            ',',
          ),
        )
        const got = await exportText(session, 'SELECT * FROM dbo.bulk ORDER BY id')
        expect(got.slice(got.indexOf('\n') + 1)).toBe(expected.join(''))
      },
    ),
    { numRuns: 30 },
  )
}, 120_000)

const WRONG: readonly (readonly [TableColumn['type'], string])[] = [
  [{ kind: 'integer', bits: 32 }, '2147483648'],
  [{ kind: 'integer', bits: 64 }, '9223372036854775808'],
  [{ kind: 'integer', bits: 16 }, '1.5'],
  [{ kind: 'decimal', precision: 5, scale: 2 }, '1.005'],
  [{ kind: 'decimal', precision: 5, scale: 2 }, '1000.00'],
  [{ kind: 'float', bits: 64 }, 'NaN'],
  [{ kind: 'date' }, '0000-01-01'],
  [{ kind: 'date' }, '2026-02-30x'],
  [{ kind: 'date' }, '2026-02-30'],
  [{ kind: 'time', zone: false }, '24:00:00'],
  [{ kind: 'time', zone: false }, '10:60:00'],
  [{ kind: 'timestamp', zone: false, digits: 3 }, '2026-01-01 00:00:00.0001'],
  [{ kind: 'uuid' }, 'no'],
  [{ kind: 'bytes' }, '\\x0'],
]
test.each(WRONG)(
  '%j: %s is refused with the name of the column, and the session goes on',
  async (type, value) => {
    const columns = [column('a', type)]
    await recreate(columns)
    const load = bulkLoad(session, { into: INTO, columns, typeOf }, lines([[value]], 100))
    const failure = await failureOf(load)
    expect(failure.code).toBe('DATA_INVALID')
    expect(failure.message).toContain('`a`')
    expect(await exportText(session, 'SELECT COUNT_BIG(*) AS n FROM dbo.bulk')).toBe('n\n0\n')
  },
)

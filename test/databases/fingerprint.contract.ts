/**
 * The promises of src/databases/fingerprint.ts, as a function of an engine: the text of every value,
 * checksums and ranges are those that are computed here, in JavaScript, from the texts alone. So all
 * engines that pass agree with each other. Real engines only.
 */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Session, SqlWriter } from '../../src/databases/dialect.ts'
import type {
  ComparedColumn,
  ComparedForm,
  FingerprintWriter,
  Key,
  KeyRange,
} from '../../src/databases/fingerprint.ts'
import { readTexts } from '../../src/databases/read-texts.ts'
import type { ColumnType } from '../../src/formats/column-type.ts'
import { floatText, HOSTILE, NUMBERS, referenceChecksum, VALUES } from './fingerprint-values.ts'

export interface FingerprintEngine {
  readonly sql: SqlWriter
  readonly writer: FingerprintWriter
  readonly open: () => Promise<Session>
  /** A type of the engine that holds the values of this one; undefined where it has none. */
  readonly native: (type: ColumnType) => string | undefined
  /** False for a value that the engine's type cannot hold, and for a form that it refuses. */
  readonly holds: (type: ColumnType, text: string) => boolean
  /** `(id integer, a text, b text, PRIMARY KEY (b, id))` in the engine's words: `b` before `id`. */
  readonly keyedTable: (name: string) => string
}

export function fingerprintContract(name: string, prepare: () => Promise<FingerprintEngine>): void {
  describe(`${name}: the contract of a fingerprint`, () => {
    let engine: FingerprintEngine
    let session: Session
    beforeAll(async () => {
      engine = await prepare()
      session = await engine.open()
    })
    afterAll(async () => session.close())

    const compared = (
      name: string,
      type: ColumnType,
      form: ComparedForm = type,
    ): ComparedColumn => ({
      column: { name, type, nullable: true, native: engine.native(type) ?? '' },
      form,
    })

    /** A fresh table of columns with rows of texts. */
    async function fill(
      table: string,
      columns: readonly ComparedColumn[],
      rows: readonly (readonly (string | null)[])[],
    ): Promise<void> {
      const { sql, writer } = engine
      await session.execute(sql.dropTable({ name: table }))
      const defined = columns.map(({ column }) => `${sql.identifier(column.name)} ${column.native}`)
      await session.execute(`CREATE TABLE ${sql.identifier(table)} (${defined.join(', ')})`)
      for (const row of rows) {
        const values = columns.map((column, index) => writer.literal(column, row[index] ?? null))
        await session.execute(`INSERT INTO ${sql.identifier(table)} VALUES (${values.join(', ')})`)
      }
    }

    /** Runs it as a comparison does: in a session of its own that only reads. */
    async function read(statement: string): Promise<(readonly (string | null)[])[]> {
      await using reading = await engine.open()
      for (const one of engine.writer.beginReading) await reading.execute(one)
      const rows: (readonly (string | null)[])[] = []
      for await (const batch of readTexts(reading, statement)) rows.push(...batch)
      return rows
    }

    test.each(VALUES.map(([type, texts]) => [JSON.stringify(type), type, texts] as const))(
      'the text of every %s is the one that all engines share',
      async (_, type, texts) => {
        if (engine.native(type) === undefined) return
        const id = compared('id', { kind: 'integer', bits: 32 })
        const value = compared('v', type)
        const held = [...texts.filter(text => engine.holds(type, text)), null]
        expect(held.length).toBeGreaterThan(1)
        await fill(
          'texts',
          [id, value],
          held.map((text, index) => [String(index), text]),
        )
        const rows = await read(
          engine.writer.rows({
            relation: { name: 'texts' },
            key: [id],
            columns: [value],
            kind: 'common',
            where: [],
            ranges: [],
            also: [engine.writer.text(value)],
          }),
        )
        const sorted = rows.toSorted((a, b) => Number(a[0]) - Number(b[0]))
        expect(sorted.map(row => row[2])).toEqual(held)
        expect(sorted.map(row => row[1])).toEqual(
          held.map(text => String(referenceChecksum([[type, text]]))),
        )
      },
    )

    test('the text of any float is its shortest digits, as PostgreSQL prints them', async () => {
      const type: ColumnType = { kind: 'float', bits: 64 }
      if (engine.native(type) === undefined || !engine.holds(type, '0.1')) return
      const value = compared('v', type)
      const numbers = fc.sample(fc.double({ noNaN: true, noDefaultInfinity: true }), 200)
      const near = fc.sample(fc.double({ noNaN: true, min: -1e17, max: 1e17 }), 100)
      const large = fc.sample(fc.double({ noNaN: true, min: 1.8e16, max: 1e20 }), 300)
      const all = [...numbers, ...near, ...large].map(floatText)
      const texts = all.filter(text => engine.holds(type, text))
      await fill(
        'floats',
        [value],
        texts.map(text => [text]),
      )
      const rows = await read(`SELECT ${engine.writer.text(value)} FROM floats`)
      expect(new Set(rows.flat())).toEqual(new Set(texts))
    })

    test.each(NUMBERS)('the number of %j %s is %s', async (type, text, number) => {
      const value = compared('v', type, { kind: 'number' })
      await fill('numbers', [value], [[text]])
      expect(await read(`SELECT ${engine.writer.text(value)} FROM numbers`)).toEqual([[number]])
    })

    test('forms of two sides meet: a double as a float, an integer as a boolean', async () => {
      const { native, writer } = engine
      if (
        native({ kind: 'float', bits: 64 }) !== undefined &&
        engine.holds({ kind: 'float', bits: 64 }, '0.1')
      ) {
        const double = compared('v', { kind: 'float', bits: 64 }, { kind: 'float', bits: 32 })
        await fill('forms', [double], [['0.10000000149011612']])
        expect(await read(`SELECT ${writer.text(double)} FROM forms`)).toEqual([['0.1']])
      }
      const flag = compared('v', { kind: 'integer', bits: 32 }, { kind: 'boolean' })
      const stored = compared('v', { kind: 'integer', bits: 32 })
      await fill('forms', [stored], [['0']])
      expect(await read(`SELECT ${writer.text(flag)} FROM forms`)).toEqual([['f']])
      await fill('forms', [stored], [['1']])
      expect(await read(`SELECT ${writer.text(flag)} FROM forms`)).toEqual([['t']])
    })

    test('no two rows share a text: values that hold the marks between values are told apart', async () => {
      const text: ColumnType = { kind: 'text' }
      const columns = [compared('a', text), compared('b', text)]
      const rows = [
        ['a|1:b', 'c'],
        ['a', 'b|1:c'],
        ['~', null],
        [null, '~'],
        ['', null],
        [null, ''],
        [null, null],
      ]
      await fill('pairs', columns, rows)
      const [row] = await read(
        engine.writer.fingerprints({
          relation: { name: 'pairs' },
          key: [],
          columns,
          kind: 'common',
          where: [],
          ranges: [],
          bounds: [],
        }),
      )
      const sums = rows.map(one => referenceChecksum(one.map(value => [text, value ?? null])))
      expect(new Set(sums).size).toBe(rows.length)
      expect(row).toEqual(['0', '7', String(sums.reduce((sum, one) => sum + one, 0n))])
    })

    test('a table without rows has no buckets', async () => {
      const column = compared('a', { kind: 'text' })
      await fill('nothing', [column], [])
      const query = { relation: { name: 'nothing' }, columns: [column], where: [], ranges: [] }
      const statement = { ...query, key: [column], kind: 'common', bounds: [['m']] } as const
      expect(await read(engine.writer.fingerprints(statement))).toEqual([])
      expect(await read(engine.writer.span(statement))).toEqual([[null, null]])
    })

    const KEYS: readonly (readonly [string, readonly ColumnType[], readonly Key[]])[] = [
      [
        'integers',
        [{ kind: 'integer', bits: 64 }],
        ['-9223372036854775808', '-10', '-9', '0', '9', '10', '100', '9007199254740993'].map(k => [
          k,
        ]),
      ],
      ['texts', [{ kind: 'text' }], HOSTILE.filter(text => text.length < 100).map(text => [text])],
      [
        'uuids',
        [{ kind: 'uuid' }],
        ['00000000-0000-0000-0000-000000000001', '01000000-0000-0000-0000-000000000000']
          .concat(['7fffffff-0000-0000-0000-000000000000', '80000000-0000-0000-0000-000000000000'])
          .concat(['ffffffff-ffff-ffff-ffff-ffffffffffff'])
          .map(k => [k]),
      ],
      [
        'dates and numbers',
        [{ kind: 'date' }, { kind: 'integer', bits: 32 }],
        ['2026-01-01', '2026-11-28'].flatMap(day => ['-2', '9', '10'].map(n => [day, n])),
      ],
      [
        'three columns',
        [{ kind: 'text' }, { kind: 'integer', bits: 32 }, { kind: 'text' }],
        ['', 'B', 'a', 'é'].flatMap(a => ['-1', '2'].flatMap(n => ['x', 'Y'].map(b => [a, n, b]))),
      ],
    ]

    test.each(KEYS)('keys of %s are ordered, cut and ranged alike', async (_, types, keys) => {
      const columns = types.map((type, index) => compared(`k${index}`, type))
      const value = compared('v', { kind: 'text' })
      const all = [...columns, value]
      const order = keys.toSorted((a, b) => compareKeys(types, a, b))
      const rows = order.map((key, index) => [...key, `value ${index}`])
      const sumOf = (row: readonly string[]): bigint =>
        referenceChecksum(row.map((text, index) => [types[index] ?? { kind: 'text' }, text]))
      await fill('keyed', all, rows.toReversed())
      const table = { relation: { name: 'keyed' }, key: columns, where: [], ranges: [] }
      const { writer } = engine
      const [first = [], second = []] = order
      expect(await read(writer.cuts({ ...table, every: 1, bounds: [first, second] }))).toEqual(
        order.map((key, index) => [String(Math.min(2, index + 1)), ...key]),
      )
      expect(await read(writer.cuts({ ...table, every: 3, bounds: [] }))).toEqual(
        order.filter((_key, index) => index % 3 === 2).map(key => ['0', ...key]),
      )
      const some = { ...table, columns: all, kind: 'common', also: [], most: 2 } as const
      const firstRows = await read(writer.rows(some))
      expect(new Set(firstRows.map(row => row.slice(0, -1)))).toEqual(new Set([first, second]))
      const keyed = { ...table, columns: [value], keys: [first, order.at(-1) ?? []] }
      const [lowest, highest] = [rows.at(0), rows.at(-1)]
      expect(new Set(await read(writer.keyed(keyed)))).toEqual(new Set([lowest, highest]))
      const places = fc.array(fc.nat({ max: order.length - 1 }), { maxLength: 6 })
      await fc.assert(
        fc.asyncProperty(places, places, async (first, second) => {
          const at = (places: readonly number[]): number[] =>
            [...new Set(places)].sort((a, b) => a - b)
          const bounds = at(first)
          const [low, high] = at(second)
          const range: KeyRange = {
            from: low === undefined ? null : (order[low] ?? null),
            to: high === undefined ? null : (order[high] ?? null),
          }
          const found = await read(
            writer.fingerprints({
              ...table,
              columns: all,
              kind: 'common',
              ranges: [range],
              bounds: bounds.map(place => order[place] ?? []),
            }),
          )
          const expected = new Map<number, { rows: number; sum: bigint }>()
          rows.slice(low ?? 0, high ?? rows.length).forEach((row, index) => {
            const bucket = bounds.filter(bound => bound <= index + (low ?? 0)).length
            const before = expected.get(bucket) ?? { rows: 0, sum: 0n }
            expected.set(bucket, { rows: before.rows + 1, sum: before.sum + sumOf(row) })
          })
          const byBucket = found.toSorted((a, b) => Number(a[0]) - Number(b[0]))
          expect(byBucket).toEqual(
            [...expected].map(([bucket, { rows, sum }]) => [
              String(bucket),
              String(rows),
              String(sum),
            ]),
          )
        }),
        { numRuns: 15 },
      )
    })

    test('rows with a NULL in their key are in the lowest range, and in bucket 0', async () => {
      const columns = [
        compared('a', { kind: 'integer', bits: 32 }),
        compared('b', { kind: 'text' }),
      ]
      await fill('nulls', columns, [
        [null, 'x'],
        ['1', null],
        ['5', 'x'],
        ['9', null],
      ])
      const table = {
        relation: { name: 'nulls' },
        key: columns,
        columns,
        kind: 'common',
        where: [],
      } as const
      const rowsIn = async (range: KeyRange): Promise<number> =>
        (await read(engine.writer.rows({ ...table, ranges: [range], also: [] }))).length
      expect(await rowsIn({ from: null, to: ['5', 'x'] })).toBe(3)
      expect(await rowsIn({ from: null, to: null })).toBe(4)
      expect(await rowsIn({ from: ['5', 'x'], to: null })).toBeLessThanOrEqual(2)
    })

    test('a bound may be the first columns of a key alone; a key with a NULL is found by it', async () => {
      const columns = [
        compared('a', { kind: 'integer', bits: 32 }),
        compared('b', { kind: 'text' }),
      ]
      await fill('parts', columns, [
        ['1', 'x'],
        ['2', ''],
        ['2', 'y'],
        ['3', null],
      ])
      const table = { relation: { name: 'parts' }, key: columns, where: [] }
      const all = { ...table, columns, kind: 'common', also: [] } as const
      const ranges = [{ from: ['2'], to: ['3'] }]
      const found = await read(engine.writer.rows({ ...all, ranges }))
      expect(found.map(row => row[1]).toSorted(compareTexts)).toEqual(['', 'y'])
      const keyed = {
        ...table,
        columns: [],
        keys: [
          ['3', null],
          ['1', 'x'],
          ['1', 'X'],
        ],
      }
      const rows = await read(engine.writer.keyed(keyed))
      expect(rows.map(row => row[0]).toSorted(compareTexts)).toEqual(['1', '3'])
    })

    test('conditions of the engine hold together with ranges', async () => {
      const id = compared('id', { kind: 'integer', bits: 32 })
      await fill(
        'some',
        [id],
        ['1', '2', '3', '4'].map(text => [text]),
      )
      const rows = await read(
        engine.writer.rows({
          relation: { name: 'some' },
          key: [id],
          columns: [id],
          kind: 'common',
          where: ['id <> 2', 'id <> 3 OR 1 = 0'],
          ranges: [
            { from: null, to: ['2'] },
            { from: ['2'], to: ['4'] },
          ],
          also: [],
        }),
      )
      expect(rows.map(row => row[0])).toEqual(['1'])
    })

    test('the key of a table is told, in its own order', async () => {
      const { sql, writer } = engine
      await session.execute(sql.dropTable({ name: 'has_key' }))
      await session.execute(engine.keyedTable('has_key'))
      expect(await read(writer.keyColumns({ name: 'has_key' }))).toEqual([['b'], ['id']])
      await fill('has_none', [compared('a', { kind: 'text' })], [])
      expect(await read(writer.keyColumns({ name: 'has_none' }))).toEqual([])
    })
  })
}

const compareTexts = (a: string | null | undefined, b: string | null | undefined): number =>
  String(a) < String(b) ? -1 : 1

function compareKeys(types: readonly ColumnType[], a: Key, b: Key): number {
  for (const [index, type] of types.entries()) {
    const [one = '', other = ''] = [a[index], b[index]]
    if (type.kind === 'integer' && BigInt(one) !== BigInt(other)) {
      return BigInt(one) < BigInt(other) ? -1 : 1
    }
    const order = Buffer.compare(Buffer.from(one), Buffer.from(other))
    if (type.kind !== 'integer' && order !== 0) return order
  }
  return 0
}

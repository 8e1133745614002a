/** What every warehouse promises of loads: each strategy, once, whole or not at all. */
import { access, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { zstdDecompressSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { column } from '../loader/deliver.ts'
import { COLUMNS, type LoadedEngine, LoadingDock } from '../loader/loading-dock.ts'
import { parquetLoads } from './loading-parquet.contract.ts'

export function loadingContract(name: string, prepare: () => Promise<LoadedEngine>): void {
  describe(`${name}: loading`, () => {
    let dock: LoadingDock
    beforeAll(async () => {
      dock = await LoadingDock.open(await prepare())
    })
    afterAll(() => dock[Symbol.asyncDispose]())
    beforeEach(() => dock.another())

    const give: LoadingDock['give'] = given => dock.give(given)
    const load: LoadingDock['load'] = (manifest, settings) => dock.load(manifest, settings)
    const rows: LoadingDock['rows'] = columns => dock.rows(columns)

    const full = { mode: 'full', rows: 'all' } as const

    parquetLoads(() => dock)

    test('replace: the table holds what was delivered, empty texts and NULLs apart', async () => {
      const first = await give({
        parts: [
          [
            ['1', 'a,"b"\nc', ''],
            ['2', null, 'x'],
          ],
          [['3', 'é𝄞', null]],
        ],
        delivery: full,
      })
      expect(await load(first)).toMatchObject({
        state: 'loaded',
        strategy: 'replace',
        rows: { in: 3, out: 3, filtered: 0, rejected: 0 },
        tableRows: 3,
        rejectedFile: null,
      })
      const expected = [
        [1, 'a,"b"\nc', ''],
        [2, null, 'x'],
        [3, 'é𝄞', null],
      ]
      expect(await rows()).toEqual(expected)
      expect(await load(first)).toMatchObject({ state: 'already', rows: { in: 3, out: 3 } })
      await load(await give({ parts: [[['7', 'z', null]]], delivery: full }))
      expect(await rows()).toEqual([[7, 'z', null]])
      expect(await load(first)).toMatchObject({ state: 'already', isNewest: false })
      const late = await give({
        parts: [[['8', 'y', null]]],
        delivery: { ...full, takenAt: '2026-11-27T23:00:00Z' },
      })
      expect(await load(late)).toMatchObject({ state: 'older', rows: { in: 1, filtered: 1 } })
      expect(await rows()).toEqual([[7, 'z', null]])
    })

    test('merge: changed rows change, new ones come, the last of a key counts, once', async () => {
      await load(
        await give({
          parts: [
            [
              ['1', 'a', null],
              ['2', 'b', null],
            ],
          ],
          delivery: full,
        }),
      )
      const changes = await give({
        parts: [
          [
            ['2', 'first', null],
            ['3', 'c', null],
          ],
          [['2', 'second', '']],
        ],
        delivery: { from: 'x' },
      })
      expect(await load(changes)).toMatchObject({
        strategy: 'merge',
        rows: { in: 3, out: 2, filtered: 1, rejected: 0 },
        tableRows: 3,
      })
      const expected = [
        [1, 'a', null],
        [2, 'second', ''],
        [3, 'c', null],
      ]
      expect(await rows()).toEqual(expected)
      expect((await load(changes)).state).toBe('already')
      // Another delivery of the same rows changes nothing.
      const again = await give({
        parts: [
          [
            ['2', 'second', ''],
            ['3', 'c', null],
          ],
        ],
        delivery: { from: 'x' },
      })
      expect((await load(again)).state).toBe('loaded')
      expect(await rows()).toEqual(expected)
    })

    test('merge of all rows takes away those that are gone', async () => {
      await load(
        await give({
          parts: [
            [
              ['1', 'a', null],
              ['2', 'b', null],
            ],
          ],
          delivery: full,
        }),
      )
      const all = await give({
        parts: [
          [
            ['2', 'B', null],
            ['3', 'c', null],
          ],
        ],
        delivery: full,
      })
      expect(await load(all, { strategy: 'merge' })).toMatchObject({ strategy: 'merge' })
      expect(await rows('id, name')).toEqual([
        [2, 'B'],
        [3, 'c'],
      ])
    })

    test('append: with a key those that are there stay out, without one all come', async () => {
      const append = { mode: 'append', from: 'x' } as const
      await load(await give({ parts: [[['1', 'a', null]]], delivery: { ...append, from: null } }))
      const more = await give({
        parts: [
          [
            ['1', 'other', null],
            ['2', 'b', null],
          ],
        ],
        delivery: append,
      })
      await load(more)
      expect(await rows('id, name')).toEqual([
        [1, 'a'],
        [2, 'b'],
      ])
      dock.another()
      const keyless = { parts: [[['2', 'b', null]]], table: { key: [] } }
      const first = await give({ ...keyless, delivery: { ...append, from: null } })
      await load(first)
      await load(await give({ ...keyless, delivery: append }))
      expect((await load(first)).state).toBe('already')
      expect(await rows('id, name')).toEqual([
        [2, 'b'],
        [2, 'b'],
      ])
    })

    test('history: versions end where the next begins, and rows that are gone end', async () => {
      const snapshot = { mode: 'snapshot', rows: 'all' } as const
      const at = (day: string) => `2026-11-${day}T01:00:00.5Z`
      await load(
        await give({
          parts: [
            [
              ['1', 'a', null],
              ['2', 'b', null],
              ['3', null, null],
            ],
          ],
          delivery: { ...snapshot, takenAt: at('01') },
        }),
      )
      const next = { ...snapshot, takenAt: at('02') }
      const parts = [
        [
          ['1', 'a', null],
          ['2', 'B', null],
          ['4', 'd', null],
        ],
      ]
      await load(await give({ parts, delivery: next }))
      await load(await give({ parts, delivery: { ...snapshot, takenAt: at('03') } }))
      const found = await rows('id, name, valid_from, valid_to')
      const days = found.map(row =>
        row.map(value => /11-(\d\d) 01:00:00.5/.exec(String(value))?.[1] ?? value),
      )
      expect(days).toEqual([
        [1, 'a', '01', null],
        [2, 'B', '02', null],
        [2, 'b', '01', '02'],
        [3, null, '01', '02'],
        [4, 'd', '02', null],
      ])
    })

    test('partition: whole days are replaced, those of no day too', async () => {
      const columns = [
        column('id', 'integer'),
        column('at', { kind: 'timestamp', zone: true }),
        column('name', 'text'),
      ]
      const settings = { strategy: 'partition', partition: 'at' }
      const day = (n: number, hour: number) => `2026-11-0${n} ${hour}:00:00+00`
      const first = [
        ['1', day(1, 10), 'a'],
        ['2', day(2, 23), 'b'],
        ['3', day(3, 10), 'c'],
        ['4', null, 'd'],
      ]
      await load(await give({ columns, parts: [first], table: { key: [] } }), settings)
      const second = [
        ['5', day(2, 11), 'B'],
        ['6', null, 'D'],
      ]
      await load(
        await give({ columns, parts: [second], table: { key: [] }, delivery: { from: 'x' } }),
        settings,
      )
      expect(await rows('id, name')).toEqual([
        [1, 'a'],
        [3, 'c'],
        [5, 'B'],
        [6, 'D'],
      ])
    })

    test('rows that do not fit are kept beside, and too many leave the table as it was', async () => {
      const columns = [...COLUMNS, column('n', { kind: 'integer', bits: 32 })]
      await load(await give({ columns, parts: [[['1', 'a', null, '1']]], delivery: full }))
      const parts = [
        [
          ['1', 'A', null, '2'],
          ['2', 'line\nend', null, '99999999999'],
          ['3', 'c', null, null],
        ],
        [
          ['4', 'd', null, 'many'],
          [null, 'e', null, '5'],
          ['6', 'f', null, '6'],
        ],
      ]
      const bad = await give({ columns, parts, delivery: full })
      await expect(load(bad, { max_rejected: 2 })).rejects.toMatchObject({
        code: 'DATA_INVALID',
        message: expect.stringContaining('3 of 6 rows'),
      })
      expect(await rows('id, name, n')).toEqual([[1, 'a', 1]])
      expect(await load(bad, { max_rejected: '50%' })).toMatchObject({
        rows: { in: 6, out: 3, rejected: 3 },
        rejectedFile: `results/2026-11-28/rejected/load/production.${dock.target.name}.csv.zst`,
      })
      expect(await rows('id, name, n')).toEqual([
        [1, 'A', 2],
        [3, 'c', null],
        [6, 'f', 6],
      ])
      const file = `results/2026-11-28/rejected/load/production.${dock.target.name}.csv.zst`
      const kept = zstdDecompressSync(await readFile(join(dock.directory, file))).toString()
      expect(kept).toContain(',3,n,`99999999999` is not a whole number of 32 bits,')
      expect(kept).toContain(',2,n,`many` is not a whole number,"4,d,,many"')
      expect(kept).toContain(',3,id,"it is NULL, and a part of the key",')
      expect(await load(bad)).toMatchObject({ state: 'already', rows: { out: 3, rejected: 3 } })
    })

    test('a type of ferry.yaml never rounds: what does not fit is rejected', async () => {
      const columns = [column('id', 'integer'), column('n', 'text'), column('note', 'text')]
      const parts = [
        [
          ['1', '1.5', null],
          ['2', '1.239', ''],
          ['3', '12', 'x'],
        ],
      ]
      const given = await give({ columns, parts, delivery: full })
      const settings = { max_rejected: 1, columns: { n: 'decimal(10,2)' } }
      expect(await load(given, settings)).toMatchObject({ rows: { rejected: 1 } })
      expect(await rows('id, n, note')).toEqual([
        [1, '1.50', null],
        [3, '12.00', 'x'],
      ])
    })

    test('a part that is not the one of the manifest leaves the table as it was', async () => {
      await load(await give({ parts: [[['1', 'a', null]]], delivery: full }))
      const good = await give({ parts: [[['2', 'b', null]]], delivery: full, compression: 'none' })
      const [part] = good.parts
      const other = {
        ...good,
        parts: [{ url: part?.url ?? '', bytes: part?.bytes ?? 0, crc32c: '00000000', rows: 1 }],
      }
      await expect(load(other)).rejects.toMatchObject({ code: 'MANIFEST_INVALID' })
      const fewer = { ...good, parts: good.parts.map(one => ({ ...one, rows: 2 })) }
      await expect(load(fewer)).rejects.toMatchObject({
        code: 'DATA_INVALID',
        message: expect.stringContaining('1 rows of'),
      })
      expect(await rows('id')).toEqual([[1]])
      expect(await load(good)).toMatchObject({ state: 'loaded' })
      expect(await rows('id')).toEqual([[2]])
    })

    test('columns: new ones are added, dropped and changed ones are told', async () => {
      await load(await give({ parts: [[['1', 'a', 'n']]], delivery: full }))
      const columns = [
        column('id', 'integer'),
        column('name', 'text'),
        column('price', { kind: 'decimal', precision: 10, scale: 2 }),
      ]
      const changes = await give({
        columns,
        parts: [[['2', 'b', '1.50']]],
        delivery: { from: 'x' },
      })
      expect((await load(changes)).columns).toEqual({
        added: ['price'],
        changed: [],
        dropped: ['note'],
      })
      expect(await rows('id, name, note, price')).toEqual([
        [1, 'a', 'n', null],
        [2, 'b', null, '1.50'],
      ])
      const other = [column('id', 'integer'), column('name', 'integer'), column('extra', 'text')]
      const next = await give({
        columns: other,
        parts: [[['3', '7', 'x']]],
        delivery: { from: 'x' },
      })
      await expect(load(next, { on_schema_change: 'fail' })).rejects.toMatchObject({
        code: 'DATA_INVALID',
        message: expect.stringContaining('`extra` is new'),
      })
      const told = (await load(next, { on_schema_change: 'ignore' })).columns
      expect(told).toMatchObject({ added: ['extra'], dropped: ['note', 'price'] })
      expect(told.changed[0]).toMatch(/^name: /)
      expect(await rows('id, name, price')).toEqual([
        [1, 'a', null],
        [2, 'b', '1.50'],
        [3, '7', null],
      ])
    })

    test('remove: rows whose key is delivered go', async () => {
      await load(
        await give({
          parts: [
            [
              ['1', 'a', null],
              ['2', 'b', null],
            ],
          ],
          delivery: full,
        }),
      )
      const keys = await give({
        columns: [column('id', 'integer')],
        parts: [[['2'], ['9']]],
        delivery: { rows: 'deletions', from: 'x' },
      })
      expect(await load(keys)).toMatchObject({ strategy: 'remove', changes: { deleted: 1 } })
      expect(await rows('id')).toEqual([[1]])
    })

    test('changes need a table that they are of; a table that was dropped is loaded anew', async () => {
      const changes = await give({ parts: [[['1', 'a', null]]], delivery: { from: 'x' } })
      await expect(load(changes)).rejects.toMatchObject({ code: 'DATA_INVALID' })
      const all = await give({ parts: [[['1', 'a', null]]], delivery: full })
      await load(all)
      await dock.session.execute(dock.engine.sql.dropTable(dock.target))
      expect((await load(all)).state).toBe('loaded')
      expect(await rows('id')).toEqual([[1]])
    })

    test('a delivery without rows makes the table', async () => {
      expect(await load(await give({ delivery: full }))).toMatchObject({ rows: { in: 0, out: 0 } })
      expect(await rows()).toEqual([])
    })

    test('a delivery of a source that never had a row touches nothing', async () => {
      const nothing = await give({ columns: [], delivery: full, table: { key: [] } })
      expect(await load(nothing)).toMatchObject({ state: 'empty', isNewest: true })
      expect(await dock.engine.introspect.kind(dock.session, dock.target)).toBeUndefined()
    })

    test('two at once load a delivery once', async () => {
      const append = { mode: 'append', from: null } as const
      const parts = [Array.from({ length: 50 }, (_, index) => [String(index), 'x', null])]
      const given = await give({ parts, delivery: append, table: { key: [] } })
      const both = await Promise.allSettled([load(given), load(given)])
      expect(both.some(one => one.status === 'fulfilled')).toBe(true)
      await load(given)
      expect(await rows('id')).toHaveLength(50)
    })

    test('nothing is left behind', async () => {
      const left = (await dock.engine.introspect.tables(dock.session)).filter(table =>
        /stage/.test(table.name),
      )
      expect(left).toEqual([])
      await expect(access(join(dock.directory, '.ferry/load/parts'))).rejects.toThrow('ENOENT')
    })
  })
}

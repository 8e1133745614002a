/** Every value of every type arrives as it was, or is rejected by the name of its column. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { zstdDecompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readTexts } from '../../src/databases/read-texts.ts'
import type { ColumnType } from '../../src/formats/column-type.ts'
import { column } from '../loader/deliver.ts'
import { type LoadedEngine, LoadingDock } from '../loader/loading-dock.ts'
import { VALUES } from './fingerprint-values.ts'

/** Values that only a type of one engine has, and texts that a reader of CSV may take for others. */
const MORE: readonly (readonly [ColumnType, readonly string[]])[] = [
  [{ kind: 'other', name: 'integer[]' }, ['{1,NULL,3}', '{}']],
  [{ kind: 'other', name: 'mood' }, ['sad', '', 'NULL']],
  [{ kind: 'text', length: 5 }, ['ab   ', '🎉🎉🎉🎉🎉', '\\.', '"', '\n', ',', "'"]],
  [{ kind: 'bytes' }, [`\\x${'00ff'.repeat(50_000)}`]],
  [{ kind: 'interval' }, ['infinity']],
  [{ kind: 'decimal', precision: 60, scale: 2 }, [`${'9'.repeat(58)}.99`]],
  [{ kind: 'decimal' }, [`${'7'.repeat(1_000)}.${'3'.repeat(200)}`, '-Infinity']],
  [{ kind: 'json' }, ['"\\u00e9"', '{"a":1,"a":2}']],
]

/** A text of a type, and what is said of it in the file of the rejected; undefined where it is taken. */
export type Refused = readonly [ColumnType, string, RegExp | undefined]

export function loadingTypesContract(
  name: string,
  prepare: () => Promise<LoadedEngine>,
  refused: readonly Refused[],
): void {
  describe(`${name}: loaded values`, () => {
    let dock: LoadingDock
    beforeAll(async () => {
      dock = await LoadingDock.open(await prepare())
    })
    afterAll(() => dock[Symbol.asyncDispose]())

    async function textsOf(type: ColumnType): Promise<readonly (string | null)[]> {
      const { engine, session, target } = dock
      const found = await engine.introspect.columns(session, target)
      const native = found?.find(one => one.name === 'v')?.type ?? ''
      const form = engine.types.read(native) ?? type
      const text = engine.fingerprint?.text({ column: column('v', form), form }) ?? ''
      const table = engine.sql.relation(target)
      const texts: (string | null)[] = []
      for await (const rows of readTexts(
        session,
        `SELECT id, ${text} AS v FROM ${table} ORDER BY id`,
      )) {
        for (const row of rows) texts.push(row[1] ?? null)
      }
      return texts
    }

    for (const compression of ['zstd', 'gzip', 'none'] as const) {
      test.each([...VALUES, ...MORE])(`%j (${compression})`, async (type, values) => {
        dock.another()
        const rows = [...values, null].map((value, index) => [String(index), value])
        const given = await dock.give({
          columns: [column('id', 'integer'), column('v', type)],
          parts: [rows.slice(0, 2), rows.slice(2)],
          delivery: { mode: 'full', rows: 'all' },
          compression,
        })
        expect(await dock.load(given)).toMatchObject({ rows: { rejected: 0 } })
        expect(await textsOf(type)).toEqual([...values, null])
      })
    }

    test.each(refused)('%j: %s', async (type, value, reason) => {
      dock.another()
      const given = await dock.give({
        columns: [column('id', 'integer'), column('v', type)],
        parts: [
          [
            ['1', value],
            ['2', null],
          ],
        ],
        delivery: { mode: 'full', rows: 'all' },
      })
      const { rejectedFile } = await dock.load(given, { max_rejected: 1 })
      if (reason === undefined) {
        expect(rejectedFile).toBeNull()
        return expect(await textsOf(type)).toEqual([value, null])
      }
      const kept = zstdDecompressSync(await readFile(join(dock.directory, rejectedFile ?? '')))
      expect(kept.toString()).toMatch(reason)
      expect(kept.toString()).toContain(',2,v,')
    })
  })
}

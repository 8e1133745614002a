import { expect, test } from 'vitest'
import type { LoadingDock } from '../loader/loading-dock.ts'

/** Part of the contract of loads: what was mirrored as Parquet. */
export function parquetLoads(dock: () => LoadingDock): void {
  test('Parquet is loaded as CSV is, by an engine too that reads none', async () => {
    const parts = [
      [
        ['1', 'one', 'a "quoted", note\nof two lines'],
        ['2', '', null],
      ],
      [['3', '🎉', '']],
    ]
    const given = { parts, format: 'parquet', delivery: { mode: 'full', rows: 'all' } } as const
    expect(await dock().load(await dock().give(given))).toMatchObject({
      state: 'loaded',
      rows: { in: 3, out: 3 },
    })
    expect(await dock().rows()).toEqual([
      [1, 'one', 'a "quoted", note\nof two lines'],
      [2, '', null],
      [3, '🎉', ''],
    ])
    const later = await dock().give(given)
    const miscounted = later.parts.map(part => ({ ...part, rows: 5 }))
    await expect(dock().load({ ...later, parts: miscounted })).rejects.toThrow('manifest says 10')
  })
}

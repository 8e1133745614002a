import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TableManifest } from '../../src/formats/table-manifest.ts'
import { DATE, makeMirrorPlayground, type MirrorPlayground, rowsOf } from './mirror-playground.ts'

/** A clock on a wall that is behind UTC: what it stamps is hours before what the server says. */
const ZONE = 'America/Los_Angeles'
const NIGHTS = Number(process.env['FERRY_NIGHTS'] ?? 6)

let play: MirrorPlayground
beforeAll(async () => {
  play = await makeMirrorPlayground({ timezone: ZONE })
})
afterAll(() => play[Symbol.asyncDispose]())

/** A warehouse as a load would have it: rows by key, later ones in the place of earlier ones. */
class Warehouse {
  readonly rows = new Map<string, string>()
  /** Deliveries without a key: every row that ever came. */
  readonly appended: string[] = []

  async load(table: string, manifest: TableManifest): Promise<void> {
    const isKeyed = manifest.table.key.length > 0
    for (const row of await rowsOf(manifest)) {
      if (isKeyed) this.rows.set(row[0] ?? '', row.slice(0, 2).join())
      else this.appended.push(row.slice(0, 2).join())
    }
    await play.loaded(table, manifest)
  }
}

interface Writing {
  readonly stop: () => Promise<void>
}

/** Transactions that overlap, some for seconds; each stamps its rows with the time of its beginning. */
async function write(
  work: (client: Client, turn: number) => Promise<void>,
  writers: number,
): Promise<Writing> {
  let isOver = false
  const clients = await Promise.all(Array.from({ length: writers }, () => play.connect()))
  const running = clients.map(async (client, at) => {
    for (let turn = 0; !isOver; turn++) {
      await client.query('BEGIN')
      await client.query('SELECT 1') // it begins long before it writes
      if (turn % 2 === 0) await sleep(Math.random() * 300)
      await work(client, turn)
      const isLong = at === 0 ? 4_000 : 200
      await sleep(Math.random() * isLong)
      await client.query(turn % 7 === 3 ? 'ROLLBACK' : 'COMMIT')
    }
    await client.end()
  })
  return {
    stop: async () => {
      isOver = true
      await Promise.all(running)
    },
  }
}

const source = async (table: string): Promise<string[]> => {
  const rows = await play.sql(`SELECT id, n FROM ${table}`)
  return rows.map(row => `${String(row['id'])},${String(row['n'])}`).toSorted()
}

test.each([
  ['timestamptz', 'updated_at: stamp', 'timestamptz NOT NULL DEFAULT now()'],
  ['timestamp without a zone', 'updated_at: stamp', 'timestamp NOT NULL DEFAULT now()'],
  ['a number', 'cursor: stamp', "bigint NOT NULL DEFAULT nextval('late_numbers')"],
])(
  'increments by %s lose nothing that commits late, and take few rows',
  async (_, settings, type) => {
    const table = `late_${settings.length}_${type.slice(0, 11).replaceAll(' ', '')}`.toLowerCase()
    await play.sql(
      'CREATE SEQUENCE IF NOT EXISTS late_numbers',
      `CREATE TABLE ${table} (id bigint PRIMARY KEY, n int NOT NULL, stamp ${type})`,
      `INSERT INTO ${table} SELECT i, 0 FROM generate_series(1, 20000) i`,
      `UPDATE ${table} SET stamp = ${type.startsWith('bigint') ? 'stamp' : "now() - interval '3 days'"}`,
      `CREATE INDEX ON ${table} (stamp)`,
    )
    await play.configure(`      ${table}: { ${settings}, overlap: 1s }\n`)
    const warehouse = new Warehouse()
    const stamp = type.startsWith('bigint') ? "nextval('late_numbers')" : 'now()'
    const writing = await write(async client => {
      const ids = Array.from({ length: 8 }, () => 1 + Math.floor(Math.random() * 300)).toSorted(
        (a, b) => a - b,
      )
      for (const id of new Set(ids)) {
        // Numbers are drawn, and only then is waited for others.
        const { rows } = await client.query(`SELECT ${stamp}::text AS stamp`)
        await client.query(
          `INSERT INTO ${table} VALUES ($1, 1, $2) ON CONFLICT (id) DO UPDATE SET n = ${table}.n + 1, stamp = EXCLUDED.stamp`,
          [id * 100, (rows[0] as { stamp: string }).stamp],
        )
      }
    }, 4)
    const deliveries: TableManifest[] = []
    for (let night = 0; night < NIGHTS; night++) {
      const manifest = await play.mirror(table)
      await warehouse.load(table, manifest)
      deliveries.push(manifest)
      await sleep(700)
    }
    await writing.stop()
    await warehouse.load(table, await play.mirror(table))
    expect([...warehouse.rows.values()].toSorted()).toEqual(await source(table))
    expect(deliveries[0]?.delivery.rows).toBe('all')
    const last = deliveries.at(-1)
    expect(last?.delivery.rows).toBe('changes')
    expect(last?.parts.reduce((sum, part) => sum + (part.rows ?? 0), 0)).toBeLessThan(2_000)
  },
  300_000,
)

test('additions to a table without a key come exactly once', async () => {
  await play.sql('CREATE TABLE journal (id bigserial NOT NULL, n int)')
  await play.configure('      journal: { mode: append, cursor: id }\n')
  const warehouse = new Warehouse()
  const writing = await write(async client => {
    await client.query('INSERT INTO journal (n) SELECT i FROM generate_series(1, 5) i')
  }, 4)
  for (let night = 0; night < NIGHTS; night++) {
    await warehouse.load('journal', await play.mirror('journal'))
    await sleep(500)
  }
  await writing.stop()
  await warehouse.load('journal', await play.mirror('journal'))
  expect(warehouse.appended.toSorted()).toEqual(await source('journal'))
}, 300_000)

test('equal stamps, stamps that are not there, and the warehouse that is furthest behind', async () => {
  await play.sql(
    'CREATE TABLE equal (id int PRIMARY KEY, n int, stamp timestamptz)',
    `INSERT INTO equal SELECT i, 0, '2026-01-01' FROM generate_series(1, 10) i`,
  )
  await play.configure('      equal: { updated_at: stamp }\n')
  const first = await play.mirror('equal')
  await play.loaded('equal', first, 'cold')
  await play.sql('INSERT INTO equal VALUES (11, 1, now()), (12, 1, NULL)')
  const second = await play.mirror('equal')
  expect((await rowsOf(second)).map(([id]) => id)).toEqual(['11', '12'])
  await play.loaded('equal', second, 'hot')
  expect((await play.mirror('equal')).delivery.from).toBe(first.delivery.to)
  await play.loaded('equal', second, 'cold')
  const third = await play.mirror('equal')
  expect(third.delivery.from).toBe(second.delivery.to)
  expect((await rowsOf(third)).map(([id]) => id)).toEqual(['11', '12']) // within the overlap
  expect((await play.mirror('equal', '--full')).delivery).toMatchObject({ rows: 'all', from: null })
})

test('columns that come, go and change', async () => {
  await play.sql(
    'CREATE TABLE shape (id int PRIMARY KEY, a int, stamp timestamptz DEFAULT now())',
    "INSERT INTO shape SELECT i, i, now() - interval '1 day' FROM generate_series(1, 100) i",
  )
  const configure = (way: string) =>
    play.configure(`      shape: { updated_at: stamp, on_schema_change: ${way} }\n`)
  await configure('add')
  await play.loaded('shape', await play.mirror('shape'))
  await play.sql('ALTER TABLE shape ADD COLUMN b text DEFAULT $$new$$')
  await configure('fail')
  const failed = await play.ferry('mirror', 'shop.shape', '--date', DATE)
  expect(failed).toMatchObject({ code: 65 })
  expect(failed.stderr).toContain('`shop.shape` has other columns: new: b')
  await configure('ignore')
  const ignoring = await play.mirror('shape')
  expect(ignoring.table.columns.map(({ name }) => name)).toEqual(['id', 'a', 'stamp'])
  expect(ignoring.delivery.rows).toBe('changes')
  await configure('add')
  const added = await play.ferry('mirror', 'shop.shape', '--date', DATE)
  expect(added.stderr).toContain('warning: shop.shape has other columns: new: b')
  const manifest = await play.manifest('shape')
  expect(manifest.delivery.rows).toBe('all') // rows that did not change have the default
  expect((await rowsOf(manifest))[0]?.[3]).toBe('new')
  await play.loaded('shape', manifest)
  await play.sql('ALTER TABLE shape DROP COLUMN b, ALTER COLUMN a TYPE bigint')
  const other = await play.ferry('mirror', 'shop.shape', '--date', DATE)
  expect(other.stderr).toContain('gone: b')
  expect(other.stderr).toContain('a: bigint, was integer')
})

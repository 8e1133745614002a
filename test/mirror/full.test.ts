import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32c } from '@node-rs/crc32'
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseCounts } from '../../src/formats/counts.ts'
import { DATE, makeMirrorPlayground, type MirrorPlayground, rowsOf } from './mirror-playground.ts'

let play: MirrorPlayground
beforeAll(async () => {
  play = await makeMirrorPlayground()
  await play.sql(
    `CREATE TABLE users (id bigint PRIMARY KEY, name text, amount numeric(10,2), seen timestamptz)`,
    `INSERT INTO users SELECT i, CASE WHEN i % 3 = 0 THEN NULL WHEN i % 5 = 0 THEN '' ELSE 'a "b",' || chr(10) || i END,
     i / 7.0, timestamptz '2026-01-01 00:00+02' + i * interval '1 min' FROM generate_series(1, 200000) i`,
    'CREATE TABLE empty (id int PRIMARY KEY)',
    'CREATE SCHEMA billing',
    'CREATE TABLE billing.invoices AS SELECT 1 AS id, 2.50 AS total',
  )
})
afterAll(() => play[Symbol.asyncDispose]())

test('a table arrives whole, in parts, with a manifest that says what they are', async () => {
  await play.configure('      users:\n', '    part_size: 200kB\n')
  const manifest = await play.mirror('users')
  expect(manifest).toMatchObject({
    table: { source: 'shop', name: 'users', key: ['id'] },
    delivery: { date: DATE, mode: 'full', rows: 'all', from: null },
    files: { format: 'csv', compression: 'zstd' },
  })
  expect(manifest.table.columns.map(({ name, native }) => `${name} ${native}`)).toEqual([
    'id bigint',
    'name text',
    'amount numeric(10,2)',
    'seen timestamp with time zone',
  ])
  expect(manifest.parts.length).toBeGreaterThan(2)
  for (const { url, bytes, crc32c: sum } of manifest.parts) {
    const content = await readFile(url)
    expect(content.length).toBe(bytes)
    expect(crc32c(content).toString(16).padStart(8, '0')).toBe(sum)
  }
  const rows = await rowsOf(manifest)
  expect(rows).toHaveLength(200_000)
  expect(rows.toSorted((a, b) => Number(a[0]) - Number(b[0])).slice(2, 5)).toEqual([
    ['3', null, '0.43', '2025-12-31 22:03:00+00'],
    ['4', 'a "b",\n4', '0.57', '2025-12-31 22:04:00+00'],
    ['5', '', '0.71', '2025-12-31 22:05:00+00'],
  ])
  expect(
    parseCounts(await play.read(`results/${DATE}/counts/mirror/shop.users.json`), ''),
  ).toMatchObject({
    rows: { in: 200_000, out: 200_000, filtered: 0, rejected: 0 },
    step: 'mirror',
  })
})

test.each(['gzip', 'none', 'zstd'])('files are compressed as asked: %s', async compress => {
  await play.configure('      users: { where: id < 150000 }\n', `    compress: ${compress}\n`)
  const manifest = await play.mirror('users')
  expect(manifest.files.compression).toBe(compress)
  expect(await rowsOf(manifest)).toHaveLength(149_999)
  const names = await readdir(join(play.directory, `intermediate/${DATE}/mirror/shop.users.parts`))
  expect(names).toHaveLength(1) // of the delivery before nothing is left
})

test('Parquet, with the columns\u2019 types', async () => {
  await play.configure('      users:\n', '    format: parquet\n    part_size: 400kB\n')
  const { parts, files } = await play.mirror('users')
  expect(files).toEqual({ format: 'parquet', compression: 'none' })
  expect(parts.length).toBeGreaterThan(1)
  expect(parts[0]?.url).toMatch(/r000-00001\.parquet$/)
  const rows = `read_parquet([${parts.map(({ url }) => `'${url}'`).join(', ')}])`
  const query = `SELECT count(*), count(DISTINCT id), sum(amount), count(name), typeof(any_value(amount)), typeof(any_value(seen)) FROM ${rows}`
  const { stdout } = await play.ferry('sql', '--on', 'duckdb:./look.duckdb', '-e', query)
  const [sums] = await play.sql('SELECT sum(amount) AS amount, count(name) AS names FROM users')
  expect(stdout.split('\n')[1]).toBe(
    `200000,200000,${String(sums?.['amount'])},${String(sums?.['names'])},"DECIMAL(10,2)",TIMESTAMP WITH TIME ZONE`,
  )
})

test('a large table is read in ranges by several connections', async () => {
  await play.configure('      users: { chunks: 4 }\n', '    connections: 4\n')
  const manifest = await play.mirror('users')
  expect(manifest.parts.map(({ url }) => /(r\d+)-\d+\.csv\.zst$/.exec(url)?.[1])).toContain('r001')
  expect(new Set((await rowsOf(manifest)).map(([id]) => id)).size).toBe(200_000)
})

test('a table without rows, tables of other schemas, some columns only', async () => {
  await play.configure(
    '      empty:\n      invoices: { table: billing.invoices, columns: [total] }\n',
    '    format: csv\n',
  )
  const { code, stdout, stderr } = await play.ferry('mirror', '--date', DATE)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toContain('shop.empty: 0 rows (full), 0 parts, 0 B\n')
  expect((await play.manifest('empty')).parts).toEqual([])
  const invoices = await play.manifest('invoices')
  expect(await rowsOf(invoices)).toEqual([['2.50']])
  expect(invoices.table.key).toEqual([])
})

test('a stage: parts go to a store', async () => {
  await play.configure('      empty:\n      users:\n', '    stage: ./stage/\n')
  const manifest = await play.mirror('users')
  expect(manifest.parts[0]?.url).toBe(
    `${play.directory}/stage/mirror/shop.users/${DATE}/r000-00001.csv.zst`,
  )
})

test.each([
  ['      users: { key: nr }\n', 'shop.users', 78, '`shop.users` has no column `nr`'],
  ['      users: { mode: incremental }\n', 'shop.users', 78, 'needs a column that grows'],
  ['      users: { cursor: name }\n', 'shop.users', 78, 'column `name` is of type `text`'],
  ['      nobody:\n', 'shop.nobody', 66, 'there is no table `"nobody"`'],
  ['      users:\n', 'shop.usres', 78, 'no table `usres` under `sources.shop`'],
  ['      users:\n', 'shoop.users', 64, 'did you mean `shop`?'],
  ['      users: { modus: full }\n', 'shop.users', 78, 'ferry.yaml:5:'],
])('%s %s is refused', async (tables, name, code, message) => {
  await play.configure(tables)
  const ended = await play.ferry('mirror', name, '--date', '2026-03-02')
  expect(ended.stderr).toContain(message)
  expect(ended.code).toBe(code)
})

test('make mirrors each table as a target of its own', async () => {
  await play.configure('      users:\n      empty:\n      invoices: { target: false }\n')
  expect((await play.ferry('rules')).code).toBe(0)
  const rules = await play.read('.ferry/rules.mk')
  expect(rules).toContain('mirror: mirror-shop\n')
  expect(rules).toContain(
    'mirror-shop: intermediate/$(TODAY)/mirror/shop.users intermediate/$(TODAY)/mirror/shop.empty\n',
  )
  expect(rules).toContain('\tferry mirror shop.users --date $(TODAY)\n')
})

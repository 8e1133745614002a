import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeMirrorPlayground, type MirrorPlayground } from './mirror-playground.ts'

let play: MirrorPlayground
beforeAll(async () => {
  play = await makeMirrorPlayground()
  await play.sql(
    'CREATE SCHEMA billing',
    'CREATE TABLE users (id int PRIMARY KEY, name text, updated_at timestamptz, deleted_at timestamptz)',
    'CREATE TABLE notes (body text, updated_at timestamptz)',
    'CREATE TABLE billing.invoices (id int PRIMARY KEY, price money)',
    'CREATE TABLE "Odd: name" (id int PRIMARY KEY)',
    'CREATE TABLE "on" (id int PRIMARY KEY)',
    'CREATE VIEW people AS SELECT * FROM users',
  )
})
afterAll(() => play[Symbol.asyncDispose]())

test('a first version of ferry.yaml comes from the catalog, and works', async () => {
  await writeFile(join(play.directory, 'ferry.yaml'), '')
  const found = await play.ferry('mirror', 'discover', play.url)
  expect(found).toMatchObject({ code: 0, stderr: '' })
  expect(found.stdout).toBe(`sources:
  production:
    url: ${JSON.stringify(play.url)}
    tables:
      # left out: price, of type money
      billing_invoices: { table: billing.invoices, columns: [id] }
      "Odd: name":
      # no key: changes could not be applied
      notes:
      "on":
      users: { updated_at: updated_at, deleted_at: deleted_at }
`)
  await writeFile(join(play.directory, 'ferry.yaml'), found.stdout)
  const mirrored = await play.ferry('mirror', '--date', '2026-03-01')
  expect(mirrored).toMatchObject({ code: 0, stderr: '' })
  expect(mirrored.stdout.split('\n')).toContain(
    'production.users: 0 rows (incremental), 0 parts, 0 B',
  )
})

test('what is no source is refused', async () => {
  expect(await play.ferry('mirror', 'discover', 'duckdb:x')).toMatchObject({ code: 78 })
  expect(await play.ferry('mirror', 'discover')).toMatchObject({ code: 64 })
})

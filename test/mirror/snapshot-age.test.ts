import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeMirrorPlayground, type MirrorPlayground, rowsOf } from './mirror-playground.ts'

let play: MirrorPlayground
beforeAll(async () => {
  play = await makeMirrorPlayground()
  await play.sql(
    ...['a', 'b', 'c'].map(name => `CREATE TABLE ${name} (id int PRIMARY KEY)`),
    `CREATE TABLE tortoise AS SELECT i AS id, repeat('x', 1000) AS note FROM generate_series(1, 60000) i`,
  )
})
afterAll(() => play[Symbol.asyncDispose]())

test('a snapshot serves the tables of a night until it is too old; the next sees what came meanwhile', async () => {
  await play.configure('      a:\n      b:\n      c:\n', '    snapshot_age: 6s\n')
  const began = Date.now()
  const first = await play.mirror('a')
  await play.sql('INSERT INTO b VALUES (1)', 'INSERT INTO c VALUES (1)')
  const second = await play.mirror('b')
  // On a machine that stood still for so long, it is too old already.
  if (Date.now() - began < 6_000) {
    expect(second.delivery.snapshot).toBe(first.delivery.snapshot)
    expect(await rowsOf(second)).toEqual([])
  }
  await sleep(Math.max(0, began + 7_000 - Date.now()))
  const third = await play.mirror('c')
  expect(third.delivery.snapshot).not.toBe(first.delivery.snapshot)
  expect(third.delivery.takenAt > first.delivery.takenAt).toBe(true)
  expect(await rowsOf(third)).toEqual([['1']])
}, 240_000)

test('a statement may not hold a snapshot for longer than that', async () => {
  await play.configure('      tortoise:\n', '    snapshot_age: 2s\n    rows_per_second: 8000\n')
  const failed = await play.ferry('mirror', 'shop.tortoise', '--date', '2026-03-01')
  expect(failed.code).toBe(75)
  expect(failed.stderr).toMatch(
    /the server ended the reading of `"?tortoise"?`: .*statement timeout/,
  )
}, 240_000)

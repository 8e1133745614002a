import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { FERRY } from '../support/run-ferry.ts'
import { DATE, makeMirrorPlayground, type MirrorPlayground, rowsOf } from './mirror-playground.ts'

const KILLS = Number(process.env['FERRY_KILLS'] ?? 8)

let play: MirrorPlayground
beforeAll(async () => {
  play = await makeMirrorPlayground()
})
afterAll(() => play[Symbol.asyncDispose]())

const target = (table: string): string =>
  join(play.directory, `intermediate/${DATE}/mirror/shop.${table}`)

test('values of 100 MB, control characters and delimiters arrive unchanged', async () => {
  await play.sql(
    'CREATE TABLE hostile (id int PRIMARY KEY, value text, data bytea, far timestamptz, large numeric)',
    `INSERT INTO hostile VALUES
      (1, repeat('a "quoted", line' || chr(10) || chr(13) || chr(1) || '🎉' || E'\\\\.' || chr(10), 4000000), NULL, 'infinity', 'NaN'),
      (2, '', decode(repeat('00ff5c0a22', 1000), 'hex'), '0044-03-15 BC', repeat('9', 1000)::numeric),
      (3, E'\\\\.', '', '-infinity', -1e-500)`,
  )
  await play.configure('      hostile:\n')
  const [, ...hashes] = await play.sql(
    `SELECT NULL AS value UNION ALL SELECT md5(value) FROM hostile WHERE id = 1`,
  )
  const rows = await rowsOf(await play.mirror('hostile'))
  const found = new Map(rows.map(row => [row[0], row]))
  const long = found.get('1')?.[1] ?? ''
  expect(Buffer.byteLength(long)).toBeGreaterThan(100_000_000)
  expect(createHash('md5').update(long).digest('hex')).toBe(hashes[0]?.['value'])
  expect(found.get('1')?.slice(2)).toEqual([null, 'infinity', 'NaN'])
  expect(found.get('2')).toEqual([
    '2',
    '',
    `\\x${'00ff5c0a22'.repeat(1_000)}`,
    '0044-03-15 00:00:00+00 BC',
    '9'.repeat(1_000),
  ])
  expect(found.get('3')).toEqual(['3', '\\.', '\\x', '-infinity', `-0.${'0'.repeat(499)}1`])
}, 240_000)

test('a table that another has locked, and one that is dropped', async () => {
  await play.sql(
    'CREATE TABLE shut (id int PRIMARY KEY)',
    'CREATE TABLE going (id int PRIMARY KEY)',
  )
  await play.configure('      shut:\n      going:\n', '    lock_timeout: 1s\n')
  const other = await play.connect()
  await other.query('BEGIN')
  await other.query('LOCK TABLE shut IN ACCESS EXCLUSIVE MODE')
  const locked = await play.ferry('mirror', 'shop.shut', '--date', DATE)
  await other.end()
  expect(locked).toMatchObject({ code: 75 })
  expect(locked.stderr).toContain('lock timeout')
  await play.sql('DROP TABLE going')
  const gone = await play.ferry('mirror', 'shop.going', '--date', DATE)
  expect(gone.code).toBe(66)
  expect(existsSync(target('shut')) || existsSync(target('going'))).toBe(false)
})

test('killed at any moment: the target is whole or not there, and the next attempt leaves nothing else', async () => {
  await play.sql(
    `CREATE TABLE sturdy AS SELECT i AS id, md5(i::text) AS token, repeat('y', 300) AS note FROM generate_series(1, 60000) i`,
    'ALTER TABLE sturdy ADD PRIMARY KEY (id)',
  )
  await play.configure('      sturdy: { chunks: 2 }\n', '    part_size: 300kB\n')
  let whole = 0
  for (let kill = 0; kill < KILLS; kill++) {
    const env = { ...process.env, TODAY: undefined }
    const args = ['mirror', 'shop.sturdy', '--date', DATE]
    const child = spawn(FERRY, args, { cwd: play.directory, env, stdio: 'ignore' })
    const ended = new Promise(resolve => child.once('close', resolve))
    await sleep(300 + Math.random() * 1_500)
    child.kill('SIGKILL')
    await ended
    if (!existsSync(target('sturdy'))) continue
    expect(await rowsOf(await play.manifest('sturdy'))).toHaveLength(60_000)
    whole += 1
  }
  expect(whole).toBeLessThan(KILLS) // else nothing was broken off
  const manifest = await play.mirror('sturdy')
  const rows = await rowsOf(manifest)
  expect(new Set(rows.map(([id]) => id)).size).toBe(60_000)
  expect(rows).toHaveLength(60_000)
  expect(await readdir(`${target('sturdy')}.parts`)).toHaveLength(manifest.parts.length)
}, 240_000)

test('the source goes away in the middle: it is tried again later', async () => {
  await play.configure('      sturdy:\n', '    rows_per_second: 20000\n')
  const running = play.ferry('mirror', 'shop.sturdy', '--date', DATE)
  await sleep(2_500)
  await play.stopSource()
  const { code, stderr } = await running
  expect(stderr).not.toMatch(/\n\s+at /) // no stack
  expect([69, 75]).toContain(code)
  expect(existsSync(target('sturdy'))).toBe(false)
  expect([69, 75]).toContain((await play.ferry('mirror', 'shop.sturdy', '--date', DATE)).code)
}, 120_000)

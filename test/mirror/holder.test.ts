import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { FERRY } from '../support/run-ferry.ts'
import { DATE, makeMirrorPlayground, type MirrorPlayground, rowsOf } from './mirror-playground.ts'

const ROWS = 40_000
/** With a connection less than that are read at once, each at its share of the pace. */
const SLOW = '    connections: 3\n    rows_per_second: 40000\n'
/** So slow that the server cannot have put all of a range into the buffers between it and the reader. */
const SLOWEST = '    connections: 3\n    rows_per_second: 10000\n'

let play: MirrorPlayground
beforeAll(async () => {
  play = await makeMirrorPlayground()
  for (const name of ['a', 'b', 'c', 'd']) {
    await play.sql(
      `CREATE TABLE ${name} AS SELECT i AS id, repeat('x', 1000) AS note FROM generate_series(1, ${ROWS}) i`,
      `ALTER TABLE ${name} ADD PRIMARY KEY (id)`,
    )
  }
})
afterAll(() => play[Symbol.asyncDispose]())

function start(
  ...args: readonly string[]
): ChildProcess & { ended: Promise<[number | null, string]> } {
  const env = { ...process.env, TODAY: undefined }
  const child = spawn(FERRY, ['mirror', '--date', DATE, ...args], {
    cwd: play.directory,
    env,
    stdio: 'pipe',
  })
  const said = text(child.stderr)
  const code = new Promise<number | null>(resolve => child.once('close', resolve))
  return Object.assign(child, { ended: Promise.all([code, said]) })
}

const readers = async (): Promise<number> => {
  const [row] = await play.sql(
    "SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'ferry mirror'",
  )
  return Number(row?.['n'])
}

const activeReaders = async (): Promise<number> => {
  const [row] = await play.sql(
    "SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'ferry mirror' AND query LIKE 'COPY%' AND state = 'active'",
  )
  return Number(row?.['n'])
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 40_000
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('it did not come to that')
    await sleep(50)
  }
}

/** The process that holds the moment, found by its command line. */
async function holderPid(): Promise<number> {
  const ps = spawn('ps', ['-eo', 'pid,args'])
  const lines = (await text(ps.stdout)).split('\n')
  for (const line of lines.filter(
    one => one.includes('mirror hold shop') && !one.includes('bash'),
  )) {
    const pid = Number(line.trim().split(/\s/)[0])
    const { readlink } = await import('node:fs/promises')
    const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => '')
    if (cwd === play.directory) return pid
  }
  throw new Error('no holder runs')
}

test('processes of a night read one moment, and keep the limit of connections together', async () => {
  await play.configure('      a:\n      b:\n      c:\n      d:\n', SLOW)
  const running = [start('shop.a'), start('shop.b'), start('shop.c'), start('shop.d')]
  let most = 0
  await until(async () => (await activeReaders()) > 0)
  await play.sql('DELETE FROM d WHERE id > 10', 'DELETE FROM a WHERE id > 10')
  let isOver = false
  const ended = Promise.all(running.map(child => child.ended)).then(all => {
    isOver = true
    return all
  })
  while (!isOver) {
    most = Math.max(most, await readers())
    await sleep(30)
  }
  expect((await ended).map(([code, said]) => `${code} ${said}`)).toEqual(['0 ', '0 ', '0 ', '0 '])
  expect(most).toBeGreaterThan(1)
  expect(most).toBeLessThanOrEqual(3)
  const manifests = await Promise.all(['a', 'b', 'c', 'd'].map(name => play.manifest(name)))
  expect(new Set(manifests.map(({ delivery }) => delivery.snapshot)).size).toBe(1)
  for (const manifest of manifests) expect(await rowsOf(manifest)).toHaveLength(ROWS)
})

test('the holder killed: reading fails for the moment, and works again', async () => {
  await play.configure('      b:\n', SLOW)
  const child = start('shop.b')
  await until(async () => (await activeReaders()) > 0)
  process.kill(await holderPid(), 'SIGKILL')
  const [code, said] = await child.ended
  expect(said).toContain('the process that holds the moment of `shop` went away')
  expect(code).toBe(75)
  expect(existsSync(join(play.directory, `intermediate/${DATE}/mirror/shop.b`))).toBe(false)
  expect(await rowsOf(await play.mirror('b'))).toHaveLength(ROWS)
})

test('a reader killed leaves no target; the next sweeps what it left', async () => {
  await play.configure('      b: { chunks: 3 }\n', SLOW)
  const child = start('shop.b')
  await until(async () => (await activeReaders()) > 0)
  await sleep(300)
  child.kill('SIGKILL')
  await child.ended
  expect(existsSync(join(play.directory, `intermediate/${DATE}/mirror/shop.b`))).toBe(false)
  await play.configure('      b:\n')
  const manifest = await play.mirror('b')
  expect(await rowsOf(manifest)).toHaveLength(ROWS)
  const names = await readdir(join(play.directory, `intermediate/${DATE}/mirror/shop.b.parts`))
  expect(names).toHaveLength(manifest.parts.length)
})

test('a range whose connection is cut is read again, and no other', async () => {
  await play.configure('      b: { chunks: 3 }\n', SLOWEST)
  const child = start('shop.b')
  await until(async () => (await activeReaders()) > 1)
  await play.sql(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE application_name = 'ferry mirror' AND query LIKE 'COPY%' AND state = 'active' LIMIT 1`,
  )
  const [code, said] = await child.ended
  expect(said).toMatch(/^ferry: shop\.b, range \d of 3 is read again: /)
  expect(said.trim().split('\n')).toHaveLength(1)
  expect(code).toBe(0)
  const rows = await rowsOf(await play.manifest('b'))
  expect(new Set(rows.map(([id]) => id)).size).toBe(ROWS)
  expect(rows).toHaveLength(ROWS)
})

test('the connection that held the moment is cut: a later moment is taken', async () => {
  await play.configure('      b:\n')
  await play.mirror('b')
  await play.sql(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'ferry mirror'`,
  )
  expect(await rowsOf(await play.mirror('b'))).toHaveLength(ROWS)
})

test('with nothing to do for a while the holder ends, and with it the snapshot', async () => {
  await until(async () => (await readers()) === 0)
  expect(existsSync(join(play.directory, '.ferry/mirror/shop.sock'))).toBe(false)
})

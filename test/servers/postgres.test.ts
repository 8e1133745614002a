import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { expect, test } from 'vitest'
import { startPostgres } from '../../servers/postgres.ts'

async function ask(url: string, query: string): Promise<unknown[]> {
  const client = new Client(url)
  await client.connect()
  try {
    return (await client.query({ text: query, rowMode: 'array' })).rows.flat()
  } finally {
    await client.end()
  }
}

function isAlive(pid: number): boolean {
  return spawnSync('kill', ['-0', String(pid)]).status === 0
}

async function until(condition: () => boolean, withinMs = 10_000): Promise<boolean> {
  for (const end = Date.now() + withinMs; Date.now() < end; await sleep(20)) {
    if (condition()) return true
  }
  return condition()
}

test('a server answers, keeps Unicode and is gone with its data after stop', async () => {
  const server = await startPostgres()
  expect(
    await ask(server.url, "select upper('árvíz') || '🗒️', current_setting('timezone')"),
  ).toEqual(['ÁRVÍZ🗒️', 'UTC'])
  await server.stop()
  await server.stop()
  expect(isAlive(server.pid)).toBe(false)
  expect(existsSync(server.dataDir)).toBe(false)
  await expect(ask(server.url, 'select 1')).rejects.toThrow(/ECONNREFUSED/)
})

test('stop breaks off a query that still runs', async () => {
  const server = await startPostgres()
  const query = ask(server.url, 'select pg_sleep(60)').catch((error: unknown) => error)
  await sleep(200)
  const begun = Date.now()
  await server.stop()
  expect(Date.now() - begun).toBeLessThan(5_000)
  expect(await query).toBeInstanceOf(Error)
})

test('a data directory of one’s own is kept and taken up again', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ferry-test-'))
  spawnSync('chmod', ['755', folder])
  const dataDir = join(folder, 'data')
  try {
    await using first = await startPostgres({ dataDir, settings: { shared_buffers: '16MB' } })
    expect(await ask(first.url, 'show shared_buffers')).toEqual(['16MB'])
    await ask(first.url, 'create table kept as select 42 as answer')
    await first.stop()
    await using second = await startPostgres({ dataDir })
    expect(await ask(second.url, 'select answer from kept')).toEqual([42])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test('two servers run side by side', async () => {
  await using one = await startPostgres()
  await using other = await startPostgres()
  expect(one.port).not.toBe(other.port)
  expect(await ask(one.url, 'select 1')).toEqual(await ask(other.url, 'select 1'))
})

test('a port that is taken is an error with the end of the server’s log', async () => {
  await using server = await startPostgres()
  await expect(startPostgres({ port: server.port })).rejects.toThrow(
    new RegExp(`did not start on port ${server.port}`),
  )
})

test.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)(
  'no server outlives an owner that got %s',
  async signal => {
    const module = new URL('../../servers/postgres.ts', import.meta.url).href
    const script = `
      const { startPostgres } = await import(${JSON.stringify(module)})
      const server = await startPostgres()
      console.log(JSON.stringify({ pid: server.pid, url: server.url, dataDir: server.dataDir }))
      setInterval(() => {}, 1000)`
    const owner = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = await once(owner.stdout.setEncoding('utf8'), 'data')
    const server = JSON.parse(String(line)) as { pid: number; url: string; dataDir: string } // above
    expect(await ask(server.url, 'select 1')).toEqual([1])
    owner.kill(signal)
    expect(await until(() => !isAlive(server.pid))).toBe(true)
    expect(existsSync(server.dataDir)).toBe(false)
    await expect(ask(server.url, 'select 1')).rejects.toThrow(/ECONNREFUSED/)
  },
)

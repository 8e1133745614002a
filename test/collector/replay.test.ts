import { spawn } from 'node:child_process'
import { appendFile, glob, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { once } from 'node:events'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test, vi } from 'vitest'
import { collection, CollectorProject, type RunningCollector } from '../support/collector.ts'
import { runFerry } from '../support/run-ferry.ts'

const good = (nr: number): string =>
  JSON.stringify(collection([{ at: '1700000000', event: 'open', nr }]))

async function send(
  { url }: RunningCollector,
  body: string | Buffer,
  headers = {},
): Promise<number> {
  const answer = await fetch(`${url}/api/v1/track`, { method: 'POST', body, headers })
  await answer.arrayBuffer()
  return answer.status
}

/** What lies in the spool's dead letters, whoever wrote them. */
async function letters({ directory }: CollectorProject): Promise<{ reason: string }[]> {
  const spool = join(directory, '.ferry/collect')
  const names = await Array.fromAsync(glob('{dead-letters-*,replaying-*}.ndjson', { cwd: spool }))
  const texts = await Promise.all(names.map(name => readFile(join(spool, name), 'utf8')))
  return texts
    .join('')
    .trim()
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line))
}

test('what was refused for its type is sent again, signed anew; what is still wrong stays', async () => {
  await using project = await CollectorProject.make(
    '{ workers: 2, secret: s, signature: optional, trusted_proxies: [127.0.0.1] }',
  )
  const collector = await project.start()
  const json = { 'Content-Type': 'application/json' }
  expect(await send(collector, good(1), { 'Content-Type': 'text/csv' })).toBe(400)
  expect(await send(collector, '{"half', json)).toBe(400)
  const before = await letters(project)
  expect(before).toMatchObject([{}, {}])
  // A rule was mended: here, by hand, the type of the first.
  const spool = join(project.directory, '.ferry/collect')
  const packed = gzipSync(good(2)).toString('base64')
  const letter = {
    ...before[0],
    path: '/api/v1/track',
    content_type: 'application/json',
    content_encoding: 'gzip',
    client_address: '192.0.2.7',
    body: packed,
  }
  await appendFile(join(spool, 'dead-letters-9.ndjson'), `${JSON.stringify(letter)}\n{"half`)
  const args = ['events', 'replay', '--to', collector.url, '--json']
  const answer = await runFerry(args, { cwd: project.directory })
  expect([answer.code, answer.stderr]).toEqual([0, ''])
  expect(JSON.parse(answer.stdout)).toEqual({ sent: 3, accepted: 1, refused: 2, unreadable: 1 })
  const spoolFiles = await Array.fromAsync(glob('{dead-letters,replaying}*', { cwd: spool }))
  expect(spoolFiles).toEqual(['dead-letters-refused.ndjson'])
  const again = await runFerry(args, { cwd: project.directory })
  expect(JSON.parse(again.stdout)).toEqual({ sent: 2, accepted: 0, refused: 2, unreadable: 1 })
  expect(await collector.stop()).toBe(0)
  expect(await project.delivered()).toMatchObject([{ nr: '2', ip: '192.0.2.7' }])
})

test('a collector that is away, or has other keys, costs no letter', async () => {
  await using project = await CollectorProject.make(
    '{ workers: 1, secret: one, signature: optional }',
  )
  const collector = await project.start()
  expect(await send(collector, '{"half', { 'Content-Type': 'application/json' })).toBe(400)
  await using other = await CollectorProject.make('{ workers: 1, secret: two }')
  const strange = await other.start()
  const replay = (to: string) =>
    runFerry(['events', 'replay', '--to', to], { cwd: project.directory })
  const refused = await replay(strange.url)
  expect([refused.code, refused.stderr]).toEqual([77, expect.stringContaining('the keys')])
  await strange.stop()
  const away = await replay(strange.url)
  expect([away.code, away.stdout]).toEqual([69, expect.stringContaining('0 sent')])
  expect(await letters(project)).toHaveLength(1)
  const back = await replay(collector.url)
  expect([back.code, back.stdout]).toEqual([0, '1 sent: 0 accepted, 1 refused again\n'])
  await collector.stop()
})

test("what Segment's doors refused is sent again with the write key, mended", async () => {
  await using project = await CollectorProject.make('{ workers: 1, write_keys: [first, second] }')
  const collector = await project.start()
  const refuse = async (path: string, body: string | Uint8Array<ArrayBuffer>): Promise<void> => {
    const headers = {
      Authorization: `Basic ${btoa('second:')}`,
      'Content-Type': 'application/json',
    }
    const answer = await fetch(`${collector.url}${path}`, { method: 'POST', body, headers })
    expect([path, answer.status]).toEqual([path, 400])
  }
  await refuse('/v1/track', JSON.stringify({ userId: 'u-1', messageId: 'm-1' }))
  await refuse('/v1/identify', JSON.stringify({ traits: {}, messageId: 'm-2' }))
  // Some of its libraries pack without a word.
  const batch = { batch: [{ type: 'track', userId: 'u-3' }] }
  await refuse('/v1/batch', Uint8Array.from(gzipSync(JSON.stringify(batch))))
  const path = join(project.directory, '.ferry/collect/dead-letters-1.ndjson')
  // A refusal is answered before its letter is on the disk.
  const text = await vi.waitFor(async () => {
    const written = await readFile(path, 'utf8')
    expect(written.split('\n')).toHaveLength(4)
    return written
  })
  expect(text).not.toContain('second')
  const mended = text
    .trimEnd()
    .split('\n')
    .map((line, at) => {
      const letter: Record<string, string> = JSON.parse(line)
      const plain = { userId: `u-${at + 1}`, event: 'open', messageId: `m-${at + 1}` }
      const whole = at === 2 ? { batch: [{ type: 'track', ...plain }] } : plain
      const body = Buffer.from(JSON.stringify(whole))
      return JSON.stringify({
        ...letter,
        body: (at === 2 ? gzipSync(body) : body).toString('base64'),
      })
    })
  await writeFile(path, `${mended.join('\n')}\n`)
  const args = ['events', 'replay', '--to', collector.url]
  await using stranger = await CollectorProject.make('{ write_keys: [none] }')
  await stranger.makeFolder('.ferry/collect')
  await writeFile(join(stranger.directory, '.ferry/collect/dead-letters-1.ndjson'), mended[0] ?? '')
  await appendFile(join(stranger.directory, '.ferry/collect/dead-letters-1.ndjson'), '\n')
  const denied = await runFerry(args, { cwd: stranger.directory })
  expect([denied.code, denied.stderr]).toEqual([77, expect.stringContaining('write_keys')])
  expect(await letters(stranger)).toHaveLength(1)
  const answer = await runFerry(args, { cwd: project.directory })
  expect([answer.code, answer.stdout]).toEqual([0, '3 sent: 3 accepted, 0 refused again\n'])
  expect(await letters(project)).toEqual([])
  expect(await collector.stop()).toBe(0)
  const events = await project.delivered()
  expect(events.map(one => [one.event, one.user_id])).toEqual([
    ['open', 'u-1'],
    ['identify', 'u-2'],
    ['open', 'u-3'],
  ])
})

test('a letter that has no events any more (204) leaves the spool', async () => {
  await using project = await CollectorProject.make('{ workers: 1 }')
  const collector = await project.start()
  expect(await send(collector, '{"half', { 'Content-Type': 'application/json' })).toBe(400)
  const path = join(project.directory, '.ferry/collect/dead-letters-1.ndjson')
  const [letter] = await letters(project)
  const body = Buffer.from(JSON.stringify(collection([]))).toString('base64')
  await rm(path)
  await writeFile(path, `${JSON.stringify({ ...letter, body })}\n`)
  const args = ['events', 'replay', '--to', collector.url]
  const answer = await runFerry(args, { cwd: project.directory })
  expect([answer.code, answer.stdout]).toEqual([0, '1 sent: 1 accepted, 0 refused again\n'])
  expect(await letters(project)).toEqual([])
  expect(await collector.stop()).toBe(0)
  expect(await project.delivered()).toEqual([])
})

test('killed in the middle, it goes on behind the last answer', { timeout: 30_000 }, async () => {
  await using project = await CollectorProject.make('{ workers: 1 }')
  const spool = await project.makeFolder('.ferry/collect')
  const count = 30
  for (let nr = 0; nr < count; nr++) {
    const letter = {
      received_at: '2026-03-01T00:00:00.000Z',
      path: '/api/v1/track',
      kind: 'content_type',
      reason: 'r',
      content_type: 'application/json',
      body: Buffer.from(String(nr)).toString('base64'),
    }
    await appendFile(join(spool, 'dead-letters-1.ndjson'), `${JSON.stringify(letter)}\n`)
  }
  const seen: string[] = []
  let isHeld = false
  await using server = createServer((request, answer) => {
    let body = ''
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString()
    })
    request.on('end', () => {
      // The tenth is never answered to the first caller, which is killed while it waits.
      if (seen.length === 10 && !isHeld) {
        isHeld = true
        held.resolve()
        return
      }
      seen.push(body)
      answer.end()
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const held = Promise.withResolvers<void>()
  const address = server.address()
  const to = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  const first = await runKilled(['events', 'replay', '--to', to], project.directory, held.promise)
  expect(first).toBe('SIGKILL')
  const second = await runFerry(['events', 'replay', '--to', to], { cwd: project.directory })
  expect([second.code, second.stdout]).toEqual([0, '20 sent: 20 accepted, 0 refused again\n'])
  expect(seen).toEqual(Array.from({ length: count }, (_, nr) => String(nr)))
  expect(await letters(project)).toEqual([])
})

async function runKilled(
  args: readonly string[],
  cwd: string,
  when: Promise<void>,
): Promise<NodeJS.Signals | null> {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, '../../dist/ferry.js'), ...args],
    {
      cwd,
      stdio: 'ignore',
    },
  )
  const ended = new Promise<NodeJS.Signals | null>(resolve => {
    child.once('close', (_, signal) => resolve(signal))
  })
  await when
  child.kill('SIGKILL')
  return ended
}

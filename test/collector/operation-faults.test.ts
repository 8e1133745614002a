import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Collector } from '../../src/collector/collector.ts'
import { collectConfig } from '../../src/collector/config.ts'
import { RequestIdentities } from '../../src/collector/request-identities.ts'
import { keyPolicy, workerSettings } from '../../src/collector/worker-options.ts'
import { AwakeClock } from '../support/awake-clock.ts'
import { silent } from '../support/silent-logger.ts'
import { collection, CollectorProject } from '../support/collector.ts'

/** Longer than a head may take to come, which is 10 s. */
const STOOD_STILL_MS = 11_000

test('two collectors cannot share a port, whatever their spools are', async () => {
  await using one = await CollectorProject.make('{ workers: 2 }')
  await using other = await CollectorProject.make('{ workers: 2 }')
  const first = await one.start()
  const { port } = new URL(first.url)
  for (const host of ['127.0.0.1', '0.0.0.0']) {
    await expect(other.start(['--listen', `${host}:${port}`])).rejects.toThrow(
      /ended with 75: .*cannot listen: another program has .*choose another one/s,
    )
  }
  expect((await fetch(`${first.url}/health`)).status).toBe(200)
  expect(await first.stop()).toBe(0)
  const second = await other.start(['--listen', `127.0.0.1:${port}`])
  expect(await second.stop()).toBe(0)
})

test('of two that start at the same instant on one port, one does', async () => {
  await using one = await CollectorProject.make('{ workers: 1 }')
  await using other = await CollectorProject.make('{ workers: 1 }')
  const probe = await one.start()
  const { port } = new URL(probe.url)
  await probe.stop()
  const args = ['--listen', `127.0.0.1:${port}`]
  const started = await Promise.allSettled([one.start(args), other.start(args)])
  expect(started.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  for (const start of started) {
    if (start.status === 'fulfilled') expect(await start.value.stop()).toBe(0)
    else expect(String(start.reason)).toMatch(/ended with 75: .*another program has/s)
  }
})

test.each([
  ['GET /health HTTP/1.1\r\n\r\n', 400],
  ['GET /health HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n', 400],
  ['GET /health HTTP/1.1\r\nHost: a\r\n\r\n', 200],
  ['GET /health HTTP/1.1\r\nHost:\r\n\r\n', 200],
  ['GET /health HTTP/1.0\r\n\r\n', 200],
])('%j is answered with %i', async (head, status) => {
  await using project = await CollectorProject.make('{ workers: 1 }')
  const collector = await project.start()
  const socket = connect(Number(new URL(collector.url).port), '127.0.0.1')
  socket.write(head)
  const [answer] = (await once(socket, 'data')) as [Buffer] // what a socket gives
  expect(answer.toString('latin1')).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
  socket.destroy()
  expect(await collector.stop()).toBe(0)
})

test('time in which the collector stood still does not count against its clients', async () => {
  await using project = await CollectorProject.make('{ workers: 1 }')
  const collector = await project.start()
  const { port } = new URL(collector.url)
  const body = JSON.stringify(collection([{ at: '1700000000', event: 'open', nr: 1 }]))
  const lines = [
    'POST /api/v1/track HTTP/1.1',
    'Host: x',
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n')
  const half = 60 // ends within the head
  const socket = connect(Number(port), '127.0.0.1')
  socket.write(lines.slice(0, half))
  const answers = once(socket, 'data')
  await sleep(500)
  collector.child.kill('SIGSTOP')
  await sleep(STOOD_STILL_MS)
  collector.child.kill('SIGCONT')
  await sleep(1_500) // for its clock to go on
  socket.write(lines.slice(half))
  const [answer] = (await answers) as [Buffer] // what a socket gives
  expect(answer.toString('latin1')).toMatch(/^HTTP\/1\.1 200 /)
  socket.destroy()
  expect(await collector.stop()).toBe(0)
})

test('SIGTERM: a request on its way gets 503, it ends with 0 within grace, and the next start delivers', async () => {
  await using project = await CollectorProject.make(
    '{ workers: 1, target: ./away/events/, grace: 3s }',
  )
  await writeFile(join(project.directory, 'away'), 'a file where the folder should be')
  const collector = await project.start()
  const { port } = new URL(collector.url)
  const body = JSON.stringify(collection([{ at: '1700000000', event: 'open', nr: 1 }]))
  const headers = { 'Content-Type': 'application/json' }
  const url = `${collector.url}/api/v1/track`
  expect((await fetch(url, { method: 'POST', headers, body })).status).toBe(200)
  const socket = connect(Number(port), '127.0.0.1')
  const head = 'POST /api/v1/track HTTP/1.1\r\nHost: x\r\nContent-Type: application/json'
  socket.write(`${head}\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 50)}`)
  const answers = once(socket, 'data') as Promise<[Buffer]> // what a socket gives
  await sleep(200)
  using clock = new AwakeClock()
  collector.child.kill('SIGTERM')
  await sleep(500)
  socket.write(body.slice(50))
  const [answer] = await answers
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 503 .*Retry-After: \d+.*shutting_down/s)
  expect(await collector.ended).toBe(0)
  expect(clock.now).toBeLessThan(10_000)
  expect(collector.said).toContain('1 segments are not delivered; the next start delivers them')
  socket.destroy()
  await rm(join(project.directory, 'away'))
  expect(await (await project.start()).stop()).toBe(0)
  expect(await project.delivered('away')).toHaveLength(1)
})

test('a worker that fails is told, and does not keep the stop waiting', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'ferry-failing-'))
  const config = collectConfig.parse({ listen: '127.0.0.1:0' })
  const collector = await Collector.start({
    workerFile: new URL('../support/failing-worker.js', import.meta.url),
    workers: 2,
    port: 0,
    settings: workerSettings(config, { directory, sync: true }),
    keys: keyPolicy(config),
    sink: {
      deliver: () => Promise.resolve({ rows: 0, bytes: 0, identities: new RequestIdentities() }),
      close: () => Promise.resolve(),
    },
    logger: silent,
    now: Date.now,
  })
  await expect(collector.failed).rejects.toThrow('this worker fails')
  const counters = await Promise.race([collector.stop(5_000), sleep(4_000)])
  expect(counters).toMatchObject({ received: 0, stored: 0 })
  await rm(directory, { recursive: true })
})

/** Events of a few bytes, whose rows have all that their collection says. */
function manyEvents(rows: number): Buffer {
  const payloads = Array.from({ length: rows }, (_, nr) => ({ at: '1', event: 'e', nr }))
  return Buffer.from(JSON.stringify(collection(payloads, { browser: 'b'.repeat(1_000) })))
}

test('a large request that finds the group full is told to come again, not that it is too large', async () => {
  await using project = await CollectorProject.make('{ workers: 1, segment: { age: 1h } }')
  const collector = await project.start()
  const { port } = new URL(collector.url)
  const head = (body: Buffer): string =>
    `POST /api/v1/track HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`
  // All but its last byte, so that requests can be finished at one moment.
  const begin = (body: Buffer): Socket => {
    const socket = connect(Number(port), '127.0.0.1')
    socket.setNoDelay(true)
    socket.write(head(body))
    socket.write(body.subarray(0, -1))
    return socket
  }
  const answers = async (socket: Socket): Promise<string> => {
    const [answer] = (await once(socket, 'data')) as [Buffer] // what a socket gives
    socket.destroy()
    return answer.toString('latin1')
  }
  const most = manyEvents(6_000) // of 16 MiB that a group holds, 7
  const more = manyEvents(12_000)
  let refused: string | undefined
  for (let turn = 0; turn < 40 && refused === undefined; turn++) {
    const sockets = [begin(most), begin(more)]
    await sleep(100)
    for (const socket of sockets) socket.write('}')
    const met = await Promise.all(sockets.map(answers))
    for (const one of met) expect(one).toMatch(/^HTTP\/1\.1 (200|503) /)
    // The larger came first, or met nobody: then it was taken.
    refused = met[1]?.startsWith('HTTP/1.1 503') === true ? met[1] : undefined
  }
  expect(refused).toContain('Retry-After: 1')
  const again = begin(more)
  again.write('}')
  expect(await answers(again)).toMatch(/^HTTP\/1\.1 200 /)
  expect(await collector.stop()).toBe(0)
})

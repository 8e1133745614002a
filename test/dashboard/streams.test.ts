import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { EventStream } from '../../src/dashboard/server/event-stream.ts'
import { openReaders } from './support/event-readers.ts'
import { PagesProject, type RunningWeb } from './support/pages-project.ts'

const DATE = '2026-11-21'

let project: PagesProject
let web: RunningWeb

beforeAll(async () => {
  project = await PagesProject.make()
  await project.night({ date: DATE, tables: 4 })
  web = await project.serve()
})
afterAll(async () => {
  await web.stop()
  await project[Symbol.asyncDispose]()
})

/** A command more, which failed; returns when it was written. */
function addCommand(name: string): number {
  const [line = ''] = readFileSync(
    join(project.folder, 'logs', DATE, 'timing_env.log'),
    'utf8',
  ).split('\n')
  const begin = { ...Object(JSON.parse(line)), id: name, target: name }
  const end = {
    ...begin,
    tag: 'END',
    finished_at: begin.started_at,
    exit_code: 1,
    user_s: 0,
    system_s: 0,
  }
  const records = [begin, end].map(one => `${JSON.stringify(one)}\n`).join('')
  appendFileSync(join(project.folder, 'logs', DATE, 'timing_env.log'), records)
  return Date.now()
}

const residentMb = (): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${web.pid}/status`, 'utf8'))?.[1] ?? 0) / 1_000

test('a thousand readers are told within a second, in bounded memory', async () => {
  const before = residentMb()
  const readers = await openReaders(web.url, DATE, 1_000)
  const delays: number[] = []
  for (let round = 0; round < 5; round += 1) {
    const writtenAt = addCommand(`round${round}`)
    await expect
      .poll(() => readers.filter(one => one.toldAt() >= writtenAt).length, { timeout: 15_000 })
      .toBe(1_000)
    delays.push(Math.max(...readers.map(one => one.toldAt() - writtenAt)))
  }
  const growth = residentMb() - before
  for (const { socket } of readers) socket.destroy()
  // The last of a thousand; the best of five rounds, as other tests run beside.
  expect(Math.min(...delays)).toBeLessThanOrEqual(1_000)
  expect(growth).toBeLessThan(100)
}, 60_000)

test('readers who do not read cost no more, and are told the newest when they do', async () => {
  const readers = await openReaders(web.url, DATE, 50)
  for (const { socket } of readers) socket.pause()
  const before = residentMb()
  for (let round = 0; round < 12; round += 1) {
    addCommand(`unread${round}`)
    await new Promise(resolve => setTimeout(resolve, 120))
  }
  expect(residentMb() - before).toBeLessThan(40)
  for (const { socket } of readers) socket.resume()
  const model = Object(await (await web.get('/', { accept: 'application/json' })).json())
  await expect
    .poll(() => readers.every(one => Object(one.newest()).counts?.failed === model.counts.failed))
    .toBe(true)
  for (const { socket } of readers) socket.destroy()
})

test('of what a reader has not taken, only the newest waits', async () => {
  const encode = (text: string): Uint8Array => new TextEncoder().encode(text)
  let isGone = false
  const stream = new EventStream(encode('first'), () => {
    isGone = true
  })
  const reader = stream.body.getReader()
  const next = async (): Promise<string> => new TextDecoder().decode((await reader.read()).value)
  expect(await next()).toBe('first')
  for (let at = 0; at < 10_000; at += 1) stream.send(encode(`news ${at}`))
  expect(await next()).toBe('news 9999')
  const waiting = next()
  stream.send(encode('last'))
  expect(await waiting).toBe('last')
  await reader.cancel()
  expect(isGone).toBe(true)
})

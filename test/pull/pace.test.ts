import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { FERRY } from '../support/run-ferry.ts'
import { DATE, PullProject } from './pull-project.ts'

const PAGES = 8
const PER_SECOND = 10

/** When requests came, by the test's clock. */
let times: number[] = []
let url = ''
const server = createServer((request, response) => {
  times.push(performance.now())
  const page = Number(new URL(request.url ?? '', 'http://localhost').searchParams.get('page') ?? 1)
  response.end(JSON.stringify({ items: page <= PAGES ? [{ id: page }] : [] }))
})
beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
})
afterAll(() => void server.close())
beforeEach(() => {
  times = []
})

const project = () =>
  PullProject.make({
    shop: {
      url,
      rows: '$.items',
      key: 'id',
      pagination: { page: 'page' },
      rate: `${PER_SECOND}/s`,
      tables: { a: { url: 'a' }, b: { url: 'b' }, c: { url: 'c' } },
    },
  })

/** No stretch of a second has more requests than the rate, and those at its two ends. */
function mostInASecond(): number {
  return Math.max(...times.map(from => times.filter(at => at >= from && at < from + 1_000).length))
}

test('processes that pull one source keep its rate together', { timeout: 120_000 }, async () => {
  await using shop = await project()
  const results = await Promise.all(['a', 'b', 'c'].map(table => shop.pull([`shop.${table}`])))
  expect(results.map(({ code, stderr }) => `${code} ${stderr}`)).toEqual(['0 ', '0 ', '0 '])
  expect(times).toHaveLength(3 * (PAGES + 1))
  expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThan(
    ((times.length - 2) * 1_000) / PER_SECOND,
  )
  expect(mostInASecond()).toBeLessThanOrEqual(PER_SECOND + 2)
})

test('one that is killed leaves nothing that others wait for', { timeout: 120_000 }, async () => {
  await using shop = await project()
  for (let kill = 0; kill < 4; kill += 1) {
    const env = { ...process.env, TODAY: DATE }
    const child = spawn(FERRY, ['pull', 'shop.a'], { cwd: shop.folder, env, stdio: 'ignore' })
    const ended = once(child, 'exit')
    const before = times.length
    while (times.length === before && child.exitCode === null) await sleep(5)
    await sleep(Math.random() * 150)
    child.kill('SIGKILL')
    await ended
  }
  const began = performance.now()
  expect((await shop.pull(['shop.b'])).code).toBe(0)
  expect(performance.now() - began).toBeLessThan(20_000)
  expect(await shop.rows('shop.b')).toHaveLength(PAGES)
})

import { execFileSync, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiServer, startApi } from '../../servers/api.ts'
import { FERRY, runFerry } from '../support/run-ferry.ts'
import { DATE, PullProject } from './pull-project.ts'

let api: ApiServer
beforeAll(async () => {
  api = await startApi({ things: 47 })
})
afterAll(() => api.stop())

test('in a night each table is a target of its own, and a retry pulls only what is missing', {
  timeout: 180_000,
}, async () => {
  const byCursor = { rows: '$.items', pagination: { cursor: 'next_page' }, key: 'id' }
  await using project = await PullProject.make({})
  const config = {
    pull: {
      tracker: {
        url: api.url,
        key: 'id',
        tables: {
          children: { url: 'parents/{parents.id}/children', each: 'parents' },
          parents: { url: 'parents' },
        },
      },
      shop: { url: `${api.url}/cursor`, ...byCursor },
    },
    run: { targets: ['pull'] },
  }
  await writeFile(project.path('ferry.yaml'), JSON.stringify(config))
  await writeFile(
    project.path('makefile'),
    'include .ferry/rules.mk\n.ferry/rules.mk:\n\tferry rules\n',
  )
  const night = () => runFerry(['run', '--once', '--date', DATE], { cwd: project.folder })
  expect((await night()).code).toBe(0)
  expect(await project.rows('tracker.children')).toHaveLength(2) // two of four, by the key
  expect(await project.rows('shop.shop')).toHaveLength(47)
  const before = await api.requests()
  const shop = project.path(`intermediate/${DATE}/pull/shop.shop`)
  const parents = await readFile(project.path(`intermediate/${DATE}/pull/tracker.parents`), 'utf8')
  await rm(shop) // as after a night that was cut off
  const env = { ...process.env, PATH: `${dirname(FERRY)}:${process.env['PATH']}` }
  execFileSync('make', [`TODAY=${DATE}`, 'pull'], { cwd: project.folder, env })
  const after = await api.requests()
  expect(after['/parents']).toBe(before['/parents'])
  expect((after['/cursor'] ?? 0) - (before['/cursor'] ?? 0)).toBe(5)
  expect(await project.rows('shop.shop')).toHaveLength(47)
  expect(await readFile(project.path(`intermediate/${DATE}/pull/tracker.parents`), 'utf8')).toBe(
    parents,
  )
})

test('a rate is kept: five pages at four a second take a second', async () => {
  const source = { url: `${api.url}/cursor`, rows: '$.items', pagination: { cursor: 'next_page' } }
  await using project = await PullProject.make({ shop: { ...source, rate: '4/s' } })
  const began = performance.now()
  expect((await project.pull([])).code).toBe(0)
  expect(performance.now() - began).toBeGreaterThan(1_000)
})

test('a page of 100 MB takes no more memory than its rows need', { timeout: 180_000 }, async () => {
  const url = `${api.url}/large?rows=100000&bytes=1000`
  await using project = await PullProject.make({ big: { url, rows: '$.items', key: 'id' } })
  const child = spawn(FERRY, ['pull', 'big'], {
    cwd: project.folder,
    env: { ...process.env, TODAY: DATE },
    stdio: 'inherit',
  })
  let mostKb = 0
  const timer = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
      mostKb = Math.max(mostKb, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0))
    } catch {
      // It has just ended.
    }
  }, 50)
  const code = await new Promise(resolve => child.once('close', resolve))
  clearInterval(timer)
  expect(code).toBe(0)
  expect((await project.counts('big.big')).rows).toMatchObject({ in: 100_000, out: 100_000 })
  expect(mostKb).toBeGreaterThan(50_000)
  expect(mostKb).toBeLessThan(300_000)
})

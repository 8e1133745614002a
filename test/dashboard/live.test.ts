import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { FERRY, runFerry } from '../support/run-ferry.ts'
import { openPage, startBrowser } from './support/browser.ts'
import { measureLive } from './support/live-latency.ts'
import { PagesProject, type RunningWeb } from './support/pages-project.ts'

const DATE = '2026-11-21'
const MAKEFILE = `include .ferry/rules.mk
.ferry/rules.mk: ; ferry rules
.PHONY: all
all: first second beside
first: ; sleep 1.5; touch $@
second: first ; sleep 1.5; echo it is broken; exit 65
beside: ; sleep 0.5; touch $@
`
const environment = { PATH: `${dirname(FERRY)}:${process.env['PATH'] ?? ''}` }

let project: PagesProject
let web: RunningWeb
let browser: Browser

beforeAll(async () => {
  project = await PagesProject.make(
    'run: { targets: [all], jobs: 2, max_attempts: 1 }\nweb: { allow: [run] }\n',
  )
  await writeFile(join(project.folder, 'makefile'), MAKEFILE)
  web = await project.serve(['--listen', '127.0.0.1:0'], environment)
  browser = await startBrowser()
}, 60_000)
afterAll(async () => {
  await browser.close()
  await web.stop()
  await project[Symbol.asyncDispose]()
})

test('a night that runs is seen running', async () => {
  await using opened = await openPage(browser, `${web.url}/?date=${DATE}`)
  const { page } = opened
  await page.locator('#live', { hasText: /^live$/ }).waitFor()
  const night = runFerry(['run', '--once', '--date', DATE], {
    cwd: project.folder,
    env: environment,
  })
  await page.locator('#running .target', { hasText: 'first' }).waitFor()
  await page.locator('#running .target', { hasText: 'second' }).waitFor({ timeout: 20_000 })
  await page.locator('#failures .cause', { hasText: 'it is broken' }).waitFor({ timeout: 20_000 })
  expect((await night).code).toBe(1)
  await page.locator('h1', { hasText: '2 of 3 targets done, 1 failed' }).waitFor()
  expect(opened.complaints).toEqual([])
})

test('the graph that `ferry run` left is drawn', async () => {
  const graph = await (await web.get(`/graph?date=${DATE}`, { accept: 'application/json' })).json()
  expect(graph).toMatchObject({ isKnown: true, edges: [{ from: 'first', to: 'second' }] })
  const states = Object(graph).nodes.map(
    (one: { name: string; state: string }) => `${one.name} ${one.state}`,
  )
  expect(states.sort()).toEqual(['beside done', 'first done', 'second failed'])
})

test('where it is allowed, a target is run again from its page', async () => {
  await writeFile(join(project.folder, 'makefile'), MAKEFILE.replace('exit 65', 'touch $@'))
  await writeFile(
    join(project.folder, 'ferry.yaml'),
    'name: wunderbar\nrun: { targets: [all], jobs: 2, max_attempts: 3 }\nweb: { allow: [run] }\n',
  )
  await using opened = await openPage(browser, `${web.url}/?date=${DATE}`)
  const { page } = opened
  await page.locator('button', { hasText: 'Run again' }).click()
  await page.locator('h1', { hasText: 'all 3 targets done' }).waitFor({ timeout: 30_000 })
})

test('only a target of the night can be run', async () => {
  const page = await (await web.get(`/?date=${DATE}`)).text()
  const [, token = ''] = /name="csrf-token" content="([^"]+)"/.exec(page) ?? []
  for (const target of ['--help', 'x; touch pwned', '../makefile', '']) {
    const body = new URLSearchParams({ csrf: token, date: DATE, target }).toString()
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const response = await fetch(`${web.url}/run`, { method: 'POST', headers, body })
    expect([target, response.status]).toEqual([target, 404])
  }
})

test('what the tracking shell writes is seen in the browser within a second', async () => {
  const delays = (await measureLive({ project, web, browser }, '2026-11-22', 7)).sort(
    (a, b) => a - b,
  )
  expect(delays).toHaveLength(7)
  // The worst of them is for the benchmark (bench/web/live.bench.ts): here other tests run beside.
  expect(delays[3]).toBeLessThanOrEqual(1_000)
}, 60_000)

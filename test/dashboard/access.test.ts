import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runFerry } from '../support/run-ferry.ts'
import { findBarriers, openPage, startBrowser } from './support/browser.ts'
import { PagesProject, type RunningWeb } from './support/pages-project.ts'

const CONFIG = `web:
  auth:
    users: users.txt
    header: { name: X-Reader, from: [10.0.0.0/8] }
`
const PASSWORD = 'correct horse battery'

let project: PagesProject
let web: RunningWeb

beforeAll(async () => {
  project = await PagesProject.make(CONFIG)
  await project.night({ date: '2026-11-21', tables: 4 })
  const { code, stderr } = await runFerry(['web', 'add-user', 'ada'], {
    cwd: project.folder,
    input: `${PASSWORD}\n`,
  })
  expect([code, stderr]).toEqual([0, ''])
  web = await project.serve(['--listen', '0.0.0.0:0'])
})
afterAll(async () => {
  await web.stop()
  await project[Symbol.asyncDispose]()
})

const form = (
  fields: Record<string, string>,
  headers: Record<string, string> = {},
): RequestInit => ({
  method: 'POST',
  redirect: 'manual',
  headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
  body: new URLSearchParams(fields).toString(),
})
const base = (): string => web.url.replace('0.0.0.0', '127.0.0.1')
const login = (
  fields: Record<string, string>,
  headers?: Record<string, string>,
): Promise<Response> => fetch(`${base()}/login`, form(fields, headers))
const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(base() + path, { headers, redirect: 'manual' })

async function cookie(): Promise<string> {
  const response = await login({ name: 'ada', password: PASSWORD })
  return (response.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
}

test('the file of users holds no password, and is for its owner alone', async () => {
  const path = join(project.folder, 'users.txt')
  const text = await readFile(path, 'utf8')
  expect(text).toMatch(/^ada:scrypt:32768:8:1:[\w+/=]+:[\w+/=]+\n$/)
  expect(((await stat(path)).mode & 0o777).toString(8)).toBe('600')
})

test.each([
  '/',
  '/logs',
  '/logs/view?log=x.log',
  '/logs/window',
  '/logs/search?q=ab',
  '/logs/follow',
  '/logs/raw',
  '/gantt',
  '/graph',
  '/quality',
  '/kpis',
  '/kpis/view?model=daily',
  '/kpis/download?model=daily',
  '/ask',
  '/ask/schema?warehouse=warehouse',
  '/events',
  '/metrics',
  '/feed.xml',
  '/badge.svg',
  '/nothing',
])('without a login, %s gives nothing', async path => {
  const machine = await get(path, { accept: 'application/json' })
  expect(machine.status).toBe(401)
  expect(await machine.text()).not.toContain('production')
  const browser = await get(path, { accept: 'text/html' })
  expect(browser.status).toBe(302)
  expect(browser.headers.get('location')).toMatch(/^\/login\?next=/)
})

test.each(['/ask/run', '/ask/save', '/run', '/logout'])(
  'without a login, nothing is sent to %s',
  async path => {
    const headers = { 'content-type': 'application/json', accept: 'application/json' }
    const body = JSON.stringify({ warehouse: 'warehouse', sql: 'select 1', name: 'x' })
    const answer = await fetch(base() + path, { method: 'POST', headers, body, redirect: 'manual' })
    expect([401, 403]).toContain(answer.status)
  },
)

test('in a browser: nobody is kept out (axe), a wrong password is told, the right one lets in', async () => {
  const browser = await startBrowser()
  try {
    for (const [theme, width] of [
      ['light', 1_280],
      ['dark', 390],
    ] as const) {
      await using opened = await openPage(browser, `${base()}/gantt`, { theme, width })
      const { page } = opened
      expect(await findBarriers(page)).toEqual([])
      await page.keyboard.press('Tab')
      await page.fill('input[name=name]', 'ada')
      await page.fill('input[name=password]', 'not the one that it is')
      await page.keyboard.press('Enter')
      await page.locator('[role=alert]').waitFor()
      expect(await findBarriers(page)).toEqual([])
      await page.fill('input[name=name]', 'ada')
      await page.fill('input[name=password]', PASSWORD)
      await page.keyboard.press('Enter')
      await page.waitForURL('**/gantt')
      await page.locator('button', { hasText: 'ada' }).click()
      await page.waitForURL('**/login**')
    }
  } finally {
    await browser.close()
  }
})

test('the right password opens the pages, until the reader logs out', async () => {
  const response = await login({ name: 'ada', password: PASSWORD, next: '/gantt?date=2026-11-21' })
  expect([response.status, response.headers.get('location')]).toEqual([
    303,
    '/gantt?date=2026-11-21',
  ])
  const set = response.headers.get('set-cookie') ?? ''
  expect(set).toMatch(/HttpOnly/)
  expect(set).toMatch(/SameSite=Lax/)
  const session = set.split(';')[0] ?? ''
  const page = await (await get('/', { cookie: session })).text()
  const [, token = ''] = /name="csrf-token" content="([^"]+)"/.exec(page) ?? []
  expect((await fetch(`${base()}/logout`, form({}, { cookie: session }))).status).toBe(403)
  expect((await fetch(`${base()}/logout`, form({ csrf: token }, { cookie: session }))).status).toBe(
    302,
  )
  expect((await get('/', { cookie: session, accept: 'application/json' })).status).toBe(401)
})

test.each([
  ['a wrong password', { name: 'ada', password: 'wrong' }],
  ['nobody', { name: 'bob', password: PASSWORD }],
  ['no fields', {}],
])('%s does not', async (_, fields) => {
  const response = await login(fields)
  expect(response.status).toBe(401)
  expect(response.headers.get('set-cookie')).toBeNull()
})

test.each([
  '//evil.example/',
  'https://evil.example/',
  String.raw`/\evil.example`,
  'javascript:alert(1)',
  '/a\r\nset-cookie: x=y',
])('a login leads nowhere else: %j', async next => {
  const response = await login({ name: 'ada', password: PASSWORD, next })
  expect(response.headers.get('location')).toBe('/')
})

test('a form of somebody else logs nobody in', async () => {
  const fields = { name: 'ada', password: PASSWORD }
  expect((await login(fields, { origin: 'https://evil.example' })).status).toBe(403)
  expect((await login(fields, { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
})

test('a session of our own making is none', async () => {
  for (const made of ['ferry_session=x', `ferry_session=${'A'.repeat(43)}`, 'ferry_session=']) {
    expect((await get('/', { cookie: made, accept: 'application/json' })).status).toBe(401)
  }
})

test('the header of a proxy is believed from its addresses only', async () => {
  expect((await get('/', { 'x-reader': 'eve', accept: 'application/json' })).status).toBe(401)
})

test('programs log in with each request, to read only', async () => {
  const authorization = `Basic ${Buffer.from(`ada:${PASSWORD}`).toString('base64')}`
  expect((await get('/metrics', { authorization })).status).toBe(200)
  const post = await fetch(`${base()}/run`, form({ target: 'x' }, { authorization }))
  expect(post.status).toBe(401)
})

test('what the pages may not do, no token makes them do', async () => {
  const session = await cookie()
  const page = await (await get('/', { cookie: session })).text()
  const [, token = ''] = /name="csrf-token" content="([^"]+)"/.exec(page) ?? []
  const run = await fetch(
    `${base()}/run`,
    form({ csrf: token, date: '2026-11-21', target: 'all' }, { cookie: session }),
  )
  expect(run.status).toBe(403)
})

// Last: it makes this address wait.
test('guessing gets slow', async () => {
  const statuses: string[] = []
  for (let guess = 0; guess < 8; guess += 1) {
    statuses.push(await (await login({ name: 'grace', password: `guess ${guess}` })).text())
  }
  expect(statuses.at(-1)).toContain('too many wrong passwords')
})

test.each([
  ['add-user', ['web', 'add-user', 'x y'], 'long enough 1', 64],
  ['a short password', ['web', 'add-user', 'eve'], 'short', 64],
  ['an unknown user', ['web', 'remove-user', 'eve'], '', 66],
  ['another action', ['web', 'dance'], '', 64],
])('%s is refused where it must be', async (_, args, input, code) => {
  expect((await runFerry(args, { cwd: project.folder, input })).code).toBe(code)
})

test('who a trusted proxy names comes in, by that name, and nobody without it', async () => {
  await using own = await PagesProject.make(
    'web: { auth: { header: { name: X-Reader, from: [127.0.0.1/32] } } }\n',
  )
  await own.night({ date: '2026-11-21', tables: 2 })
  await using served = await own.serve()
  const page = await served.get('/', { 'x-reader': 'grace', accept: 'text/html' })
  expect(page.status).toBe(200)
  expect(await page.text()).toContain('grace')
  expect((await served.get('/', { accept: 'application/json' })).status).toBe(401)
})

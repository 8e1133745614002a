import { appendFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { targetLogName } from '../../src/formats/target-log-name.ts'
import { findBarriers, openPage, startBrowser } from './support/browser.ts'
import { PagesProject, type RunningWeb } from './support/pages-project.ts'

const ESC = '\u001B'
const FAILED = 'intermediate/2026-11-21/load/production.notes'

let project: PagesProject
let web: RunningWeb
let browser: Browser

beforeAll(async () => {
  project = await PagesProject.make()
  for (const day of ['17', '18', '19', '20'])
    await project.night({ date: `2026-11-${day}`, tables: 12 })
  await project.night({ date: '2026-11-21', tables: 12, failing: [3], withLogs: true })
  await writeFile(join(project.folder, 'logs/2026-11-21/hostile.log'), hostileLog())
  await writeFile(join(project.folder, 'logs/2026-11-21/long.log'), longLog())
  web = await project.serve()
  browser = await startBrowser()
}, 180_000)
afterAll(async () => {
  await browser.close()
  await web.stop()
  await project[Symbol.asyncDispose]()
})

function hostileLog(): string {
  const bomb = Array.from({ length: 20_000 }, (_, at) => `${ESC}[3${at % 8}mx`).join('')
  return [
    '<script>alert(1)</script><img src=x onerror=alert(2)>',
    `${ESC}]0;title\u0007${ESC}[2J${ESC}[31m<b onclick=alert(3)>red</b>${ESC}[0m`,
    bomb,
    'y'.repeat(1_000_000),
    '"><svg onload=alert(4)>',
    '',
  ].join('\n')
}

const longLog = (): string =>
  Array.from(
    { length: 60_000 },
    (_, at) => `line ${at}${at === 54_321 ? ' fatal: needle' : ''}\n`,
  ).join('')

const HOSTILE = '/logs/view?log=hostile.log'
const PAGES = [
  '/',
  '/logs',
  `/logs/view?target=${FAILED}`,
  '/gantt',
  '/graph',
  `/graph?focus=${FAILED}`,
  '/?date=2026-11-01',
]

const LOOKS = PAGES.flatMap(
  path =>
    [
      ['light', path, 1_280],
      ['dark', path, 1_280],
      ['light', path, 390],
    ] as const,
)

test.each([...LOOKS, ['dark', HOSTILE, 390] as const])(
  'nobody is kept out (axe), nothing is forbidden or broken: %s %s at %i pixels',
  async (theme, path, width) => {
    await using opened = await openPage(browser, web.url + path, { theme, width })
    const { page, complaints } = opened
    await page.locator('#live', { hasText: /^live$/ }).waitFor()
    expect(await findBarriers(page)).toEqual([])
    expect(complaints).toEqual([])
    const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
    expect(overflow).toBeLessThanOrEqual(0)
  },
)

test('what failed, why, and its log, by keyboard alone', async () => {
  await using opened = await openPage(browser, web.url)
  const { page } = opened
  expect(await page.locator('h1').innerText()).toContain('1 failed, 1 not reached')
  expect(await page.locator('.cause').innerText()).toContain('column `due` does not exist')
  await page.keyboard.press('Tab')
  expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the page')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.waitForURL('**/logs/view**')
  expect(await page.locator('.line.bad').first().innerText()).toContain('ferry: error')
})

test('keys lead to pages and nights', async () => {
  await using opened = await openPage(browser, `${web.url}/?date=2026-11-20`)
  const { page } = opened
  await page.keyboard.press('g')
  await page.keyboard.press('l')
  await page.waitForURL('**/logs?date=2026-11-20')
  await page.keyboard.press(']')
  await page.waitForURL('**/logs?date=2026-11-21')
  await page.keyboard.press('?')
  expect(await page.locator('#keys-dialog').isVisible()).toBe(true)
})

test('the switch of light and dark is remembered', async () => {
  await using opened = await openPage(browser, web.url)
  const { page } = opened
  const paper = (): Promise<unknown> =>
    page.evaluate('getComputedStyle(document.body).backgroundColor')
  const light = await paper()
  await page.keyboard.press('t')
  const dark = await paper()
  expect(dark).not.toBe(light)
  await page.reload()
  expect(await paper()).toBe(dark)
})

test('a long log: the end, a search, the next error, a link to one line', async () => {
  await using opened = await openPage(browser, `${web.url}/logs/view?log=long.log`)
  const { page } = opened
  await page.keyboard.press('End')
  await page.locator('.line', { hasText: 'line 59999' }).waitFor()
  await page.keyboard.press('/')
  await page.keyboard.type('needle')
  await page.keyboard.press('Enter')
  const hit = page.locator('.line.marked', { hasText: 'line 54321 fatal: needle' })
  await hit.waitFor()
  await page.locator('#to-start').click()
  await page.locator('.line', { hasText: /line 0$/ }).waitFor()
  await page.locator('#errors').click()
  await hit.waitFor()
  await hit.locator('.at').click()
  expect(page.url()).toMatch(/log=long\.log&line=54322#L54322$/)
  await using again = await openPage(browser, page.url())
  await again.page.locator('.line.marked', { hasText: 'needle' }).waitFor()
})

test('a line of a large log is linked by its number, at any depth; the numbers go on where the reader scrolls', async () => {
  const lines = Array.from({ length: 900_000 }, (_, at) => `this is line ${at + 1}\n`)
  await writeFile(join(project.folder, 'logs/2026-11-21/deep.log'), lines.join(''))
  for (const place of ['#L876543', '&line=876543']) {
    await using opened = await openPage(browser, `${web.url}/logs/view?log=deep.log${place}`)
    const { page } = opened
    const line = page.locator('.line.marked', { hasText: /this is line 876543$/ })
    await line.waitFor()
    expect(await line.locator('.at').innerText()).toBe('876543')
    await page.keyboard.press('End')
    const last = page.locator('.line', { hasText: /this is line 900000$/ })
    await last.waitFor()
    await last.locator('.at', { hasText: /^900000$/ }).waitFor()
    await page.locator('#log').evaluate(box => box.scrollTo(0, 0))
    await page.locator('.line', { hasText: /^899000/ }).waitFor({ state: 'attached' })
    const numbers = await page.locator('.line').allInnerTexts()
    for (const text of numbers) {
      const [, number, told] = /^(\d+)\s+this is line (\d+)$/.exec(text) ?? []
      expect([text, number]).toEqual([text, told])
    }
    expect(opened.complaints).toEqual([])
  }
})

test('a log that grows is followed', async () => {
  const path = join(project.folder, 'logs/2026-11-21/growing.log')
  await writeFile(path, 'begun\n')
  await using opened = await openPage(browser, `${web.url}/logs/view?log=growing.log`)
  const { page } = opened
  await page.locator('#follow').check()
  await page.locator('.line', { hasText: 'begun' }).waitFor()
  await appendFile(path, 'and more <b>markup</b>\n')
  await page.locator('.line', { hasText: 'and more <b>markup</b>' }).waitFor({ timeout: 5_000 })
  await appendFile(path, 'made 10')
  await page.locator('.line', { hasText: /made 10$/ }).waitFor({ timeout: 5_000 })
  await appendFile(path, '0 of 200\n')
  await page.locator('.line', { hasText: /made 100 of 200$/ }).waitFor({ timeout: 5_000 })
  expect(await page.locator('.line', { hasText: 'made' }).count()).toBe(1)
  await writeFile(path, 'anew\n')
  await page.locator('.line', { hasText: 'anew' }).waitFor({ timeout: 5_000 })
  await page.locator('.line', { hasText: 'begun' }).waitFor({ state: 'detached' })
  await appendFile(path, 'and on\n')
  await page.locator('.line', { hasText: 'and on' }).waitFor({ timeout: 5_000 })
})

test('all logs of a night are searched', async () => {
  await using opened = await openPage(browser, `${web.url}/logs`)
  const { page } = opened
  await page.fill('#q', 'does not exist')
  await page.keyboard.press('Enter')
  await page.locator('#hits li', { hasText: 'column `due` does not exist' }).waitFor()
  await page.locator('#hits li a').first().click()
  await page.locator('.line.marked', { hasText: 'does not exist' }).waitFor()
})

test('the chart: a row by keys, its log by Enter, a filter', async () => {
  await using opened = await openPage(browser, `${web.url}/gantt`)
  const { page } = opened
  const drawn = (rows: number): Promise<unknown> =>
    page.locator(`#gantt[data-drawn="${rows}"]`).waitFor()
  await drawn(38)
  await page.selectOption('#rows', 'failed')
  await drawn(1)
  await page.selectOption('#rows', 'commands')
  await page.fill('#filter', 'kpi_')
  await drawn(2)
  await page.focus('#gantt')
  await page.keyboard.press('ArrowDown')
  expect(await page.locator('#gantt-said').innerText()).toContain('kpi_')
  await page.keyboard.press('Enter')
  await page.waitForURL('**/logs/view?**')
})

test('the graph: a target leads to what it needs and what needs it', async () => {
  await using opened = await openPage(browser, `${web.url}/graph`)
  const { page } = opened
  expect(await page.locator('.node').count()).toBe(39)
  await page.locator('.node.failed').click()
  await page.waitForURL('**focus=**')
  expect(await page.locator('.node').count()).toBe(4)
})

test('hostile names and texts stay texts', async () => {
  const name = '<img src=x onerror=alert(9)>"\'&'
  await writeFile(join(project.folder, 'logs/2026-11-16.x'), '')
  await project.night({ date: '2026-11-16', tables: 1 })
  const record = {
    tag: 'BEGIN',
    id: 'h',
    target: name,
    command: `echo '</script><script>alert(8)</script>'`,
    attempt: 1,
    has_make_level: true,
    started_at: '2026-11-16T02:00:00.000Z',
    finished_at: null,
    exit_code: null,
    user_s: null,
    system_s: null,
    host: 'h',
    pid: 1,
    run_id: null,
  }
  const end = {
    ...record,
    tag: 'END',
    finished_at: '2026-11-16T02:00:01.000Z',
    exit_code: 1,
    user_s: 0,
    system_s: 0,
  }
  const folder = join(project.folder, 'logs/2026-11-16')
  await appendFile(
    join(folder, 'timing_env.log'),
    `${JSON.stringify(record)}\n${JSON.stringify(end)}\n`,
  )
  await writeFile(
    join(folder, `${targetLogName(name)}.log`),
    '#> t attempt=1 id=h\n<script>alert(7)</script>\n',
  )
  for (const path of [
    '/',
    '/logs',
    '/gantt',
    '/graph',
    `/logs/view?target=${encodeURIComponent(name)}`,
  ]) {
    const url = `${web.url}${path}${path.includes('?') ? '&' : '?'}date=2026-11-16`
    await using opened = await openPage(browser, url)
    await opened.page.waitForTimeout(150)
    expect([path, opened.complaints]).toEqual([path, []])
    expect(await opened.page.locator('main img, main script').count()).toBe(0)
  }
})

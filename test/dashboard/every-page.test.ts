/** Quality, KPIs, Ask and the pages around them, in a real browser. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runFerry } from '../support/run-ferry.ts'
import { findBarriers, openPage, startBrowser } from './support/browser.ts'
import { makeFullProject, NIGHT, NIGHT_BEFORE, writeInto } from './support/full-project.ts'
import { receiptOf } from './support/made-up-receipt.ts'
import { PagesProject, type RunningWeb } from './support/pages-project.ts'

let project: PagesProject
let web: RunningWeb
let browser: Browser

beforeAll(async () => {
  project = await makeFullProject()
  web = await project.serve()
  browser = await startBrowser()
}, 120_000)
afterAll(async () => {
  await browser.close()
  await web.stop()
  await project[Symbol.asyncDispose]()
})

const PAGES = [
  '/',
  '/quality',
  '/kpis',
  '/kpis/view?model=daily',
  '/kpis/view?model=late',
  '/ask?query=by-country',
  '/kpis/view?model=nobody',
]

test.each(
  PAGES.flatMap(
    path =>
      [
        ['light', path, 1_280],
        ['dark', path, 390],
      ] as const,
  ),
)('nobody is kept out (axe), nothing is broken: %s %s at %i pixels', async (theme, path, width) => {
  await using opened = await openPage(browser, web.url + path, { theme, width })
  const { page, complaints } = opened
  if (path.startsWith('/ask')) await page.locator('#tables summary').first().waitFor()
  if (path.endsWith('daily')) await page.locator('#chart canvas').waitFor()
  await page.evaluate('document.querySelectorAll("details").forEach(one => { one.open = true })')
  expect(await findBarriers(page)).toEqual([])
  expect(complaints.filter(one => !/status of 404/.test(one))).toEqual([])
  const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
  expect(overflow).toBeLessThanOrEqual(0)
})

test('the night says whether its data can be trusted, and leads to what is wrong', async () => {
  await using opened = await openPage(browser, web.url)
  const { page } = opened
  const data = page.locator('#data')
  expect(await data.locator('h2').innerText()).toMatch(/^Data: \d errors?, \d warnings?$/)
  expect(await data.innerText()).toContain('compare/production.users')
  await data.getByText('Data quality').click()
  await page.waitForURL('**/quality?date=**')
  expect(await page.locator('#findings .error').first().innerText()).toContain('production.users')
  await page.locator('.jumps a', { hasText: 'Checks of models' }).click()
  expect(await page.locator('#checks').innerText()).toMatch(/late[\s\S]*failed/)
})

test('a night without a check is judged by its counts; one that was checked by what was found', async () => {
  const data = async (): Promise<unknown> => {
    const answer = await web.get(`/?date=${NIGHT_BEFORE}`, { accept: 'application/json' })
    return Object(await answer.json()).data
  }
  expect(await data()).toMatchObject({ isChecked: false, errors: 0 })
  await runFerry(['check', '--date', NIGHT_BEFORE], { cwd: project.folder })
  expect(await data()).toMatchObject({ isChecked: true, errors: 0 })
})

test('a source that brought nothing this night is not forgotten', async () => {
  const freshness = async (date: string): Promise<unknown> => {
    const answer = await web.get(`/?date=${date}`, { accept: 'application/json' })
    return Object(await answer.json()).freshness
  }
  // Lines of logs and events of clients have no newest day in this project.
  expect(await freshness(NIGHT)).toEqual({ sources: 2, current: 2, late: [] })
  expect(await freshness('2026-11-21')).toEqual({
    sources: 2,
    current: 0,
    late: [
      { source: 'billing', newest: NIGHT },
      { source: 'production', newest: NIGHT },
    ],
  })
})

test('a log stands beside what its target said of its work', async () => {
  const model = 'kpi_notes' // as the made-up night has it
  const check = {
    name: 'min',
    severity: 'warn',
    passed: false,
    failing_rows: 1,
    found: '1',
  } as const
  const receipt = receiptOf(NIGHT_BEFORE, model, { checks: [check], result: null })
  const path = `results/${NIGHT_BEFORE}/models/${model}.json`
  await writeInto(project, path, JSON.stringify(receipt))
  const receiptOfTarget = async (name: string): Promise<unknown> => {
    const answer = await web.get(`/logs?date=${NIGHT_BEFORE}`, { accept: 'application/json' })
    const logs = Object(await answer.json()).logs as { target: string; receipt: unknown }[]
    return logs.find(({ target }) => target === name)?.receipt
  }
  // A night that was asked for this moment is not looked at again at once.
  await expect
    .poll(() => receiptOfTarget(path))
    .toEqual({ said: '1 of 1 check failed', isOdd: true })
  expect(await receiptOfTarget(`intermediate/${NIGHT_BEFORE}/load/production.users`)).toMatchObject(
    {
      said: expect.stringMatching(/^[\d,]+ rows$/),
      isOdd: false,
    },
  )
  await using opened = await openPage(browser, `${web.url}/logs?date=${NIGHT_BEFORE}`)
  expect(await opened.page.locator('#logs td.failed').allInnerTexts()).toEqual([
    '1 of 1 check failed',
  ])
})

test('the chart: a bar leads to the log by a click; zoom, order, the critical path', async () => {
  await using opened = await openPage(browser, `${web.url}/gantt`)
  const { page, complaints } = opened
  const drawn = page.locator('#gantt[data-drawn]')
  await drawn.waitFor()
  await page.locator('#gantt').focus()
  const pixels = (): Promise<unknown> =>
    page.evaluate('document.getElementById("gantt-canvas").toDataURL()')
  const before = await pixels()
  await page.keyboard.press('+')
  await page.waitForTimeout(100)
  expect(await pixels()).not.toBe(before)
  await page.keyboard.press('0')
  await page.selectOption('#order', 'length')
  await page.selectOption('#rows', 'critical')
  const rows = Number(await page.locator('#gantt').getAttribute('data-drawn'))
  expect(rows).toBeGreaterThan(0)
  await page.selectOption('#rows', 'targets')
  await page.locator('#gantt').hover({ position: { x: 60, y: 40 } })
  expect(await page.locator('#gantt-tip').innerText()).toMatch(/^\S+\n(done|failed), .*from /)
  await page.locator('#gantt').click({ position: { x: 60, y: 40 } })
  await page.waitForURL('**/logs/view?**')
  expect(complaints).toEqual([])
})

test('the graph: found by its name, opened by Enter; zoomed by keys', async () => {
  await using opened = await openPage(browser, `${web.url}/graph`)
  const { page } = opened
  const width = async (): Promise<number> =>
    Number(await page.locator('#drawing').getAttribute('width'))
  await page.locator('#graph').focus()
  const before = await width()
  await page.keyboard.press('+')
  expect(await width()).toBeGreaterThan(before)
  await page.keyboard.press('/')
  await page.keyboard.type('load/production.users')
  await page.keyboard.press('Enter')
  await page.waitForURL('**focus=**')
  expect(await page.locator('.node.focus').getAttribute('aria-label')).toContain('users')
})

test('a table that was not brought this night says since when', async () => {
  const { tables } = Object(
    await (await web.get('/quality', { accept: 'application/json' })).json(),
  )
  expect(tables[0]).toMatchObject({
    name: 'billing.invoices',
    updated: `${NIGHT}T03:12:00.000Z`,
    newest: `${NIGHT}T01:58:00.000Z`,
  })
  const later = await (
    await web.get('/quality?date=2026-11-21', { accept: 'application/json' })
  ).json()
  expect(Object(later).tables[0]).toMatchObject({ name: 'billing.invoices', updated: NIGHT })
  const page = await (await web.get('/quality?date=2026-11-21')).text()
  expect(page).toMatch(new RegExp(`class="number unusual"><span[^>]*>!</span>${NIGHT}`))
})

test('a number: on the list, as a chart, with its SQL and what reads it, as a file', async () => {
  await using opened = await openPage(browser, `${web.url}/kpis`)
  const { page } = opened
  const cards = page.locator('.kpi')
  // What is not of the night comes first, and says so.
  expect(await cards.first().innerText()).toContain(
    `There is no number of ${NIGHT}: no column \`due\``,
  )
  expect(await cards.first().innerText()).toContain(`These are of ${NIGHT_BEFORE}`)
  const daily = cards.nth(1)
  expect(await daily.locator('.glance').innerText()).toMatch(/users\s+70/)
  expect(await daily.locator('.trust').innerText()).toContain('1 check passed')
  await daily.locator('a').first().click()
  await page.locator('#chart canvas').waitFor()
  await page.locator('summary', { hasText: 'models/daily.sql' }).click()
  expect(await page.locator('pre.sql').innerText()).toContain("source('production', 'users')")
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.locator('.button', { hasText: 'CSV' }).click(),
  ])
  expect(download.suggestedFilename()).toBe(`daily-${NIGHT}.csv`)
  await page.locator('a.target', { hasText: 'late' }).click()
  await page.waitForURL('**/kpis/view?model=late**')
})

test('a question: completed, answered as a table and bars, saved, and shared', async () => {
  await using opened = await openPage(browser, `${web.url}/ask`)
  const { page, complaints } = opened
  await page.locator('#tables summary', { hasText: 'totals' }).waitFor()
  await page.locator('.cm-content').click()
  await page.keyboard.type('select country, users from tot')
  await page.locator('.cm-tooltip-autocomplete', { hasText: 'totals' }).waitFor()
  await page.waitForTimeout(200) // it takes no key at once, which was meant for the text
  await page.keyboard.press('Enter')
  await page.keyboard.press('Control+Enter')
  await page.locator('#rows td', { hasText: 'HU' }).waitFor()
  expect(await page.locator('#rows td.number').first().innerText()).toBe('30')
  expect(await page.locator('#chart progress').count()).toBe(3)
  expect(await page.locator('#said').innerText()).toMatch(/^3 rows, \d+ ms\.$/)
  expect(await page.locator('#rows script').count()).toBe(0)

  await page.fill('#name', 'totals-by-country')
  await page.locator('#save').click()
  await page.waitForURL('**/ask?query=totals-by-country')
  expect(await page.locator('.saved [aria-current]').innerText()).toBe('totals-by-country')
  const saved = join(project.folder, 'queries/totals-by-country.sql')
  expect(await readFile(saved, 'utf8')).toBe('select country, users from totals\n')

  await page.locator('#share').click()
  await page.locator('#said', { hasText: 'the link' }).waitFor()
  await using other = await openPage(browser, page.url())
  expect(await other.page.locator('.cm-content').innerText()).toContain('from totals')
  expect([...complaints, ...other.complaints]).toEqual([])
})

test('a mistake is told beside the question; a table is looked at by a click', async () => {
  await using opened = await openPage(browser, `${web.url}/ask#sql=select+nothing+from+totals`)
  const { page } = opened
  await page.locator('button', { hasText: 'Run' }).click()
  await page.locator('#said', { hasText: 'nothing' }).waitFor()
  expect(await page.locator('#answer').isVisible()).toBe(false)
  await page.locator('#tables summary', { hasText: 'totals' }).click()
  await page.locator('button', { hasText: 'Look at it' }).click()
  await page.locator('#rows td', { hasText: 'DE' }).waitFor()
  const paper = (): Promise<unknown> =>
    page.evaluate('getComputedStyle(document.querySelector(".cm-editor")).backgroundColor')
  const light = await paper()
  await page.locator('#theme').click()
  expect(await paper()).not.toBe(light)
})

test('an old night, by the calendar, by keyboard alone', async () => {
  await using opened = await openPage(browser, web.url)
  const { page } = opened
  const day = page.locator(`.calendar a[href="/?date=${NIGHT_BEFORE}"]`)
  await day.focus()
  await page.keyboard.press('Enter')
  await page.waitForURL(`**/?date=${NIGHT_BEFORE}`)
  expect(await page.locator('h1').innerText()).toContain(`Night of ${NIGHT_BEFORE}: all`)
})

test('without any night each page says what it would show', async () => {
  await using empty = await PagesProject.make()
  await using pages = await empty.serve()
  for (const path of ['/', '/logs', '/gantt', '/graph', '/quality', '/kpis', '/ask']) {
    await using opened = await openPage(browser, pages.url + path)
    expect([path, opened.complaints]).toEqual([path, []])
    expect((await opened.page.locator('main').innerText()).trim()).not.toBe('')
  }
  expect(existsSync(join(empty.folder, 'logs'))).toBe(false)
})

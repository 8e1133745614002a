/** Whatever stands in names and texts that come from outside, no page runs it, and none breaks. */
import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CommandRecord } from '../../src/formats/command-record.ts'
import { type Counts, countsText } from '../../src/formats/counts.ts'
import type { NightGraph } from '../../src/formats/night-graph.ts'
import { targetLogName } from '../../src/formats/target-log-name.ts'
import { runFerry } from '../support/run-ferry.ts'
import { openPage, startBrowser } from './support/browser.ts'
import { writeInto } from './support/full-project.ts'
import { receiptOf } from './support/made-up-receipt.ts'
import { PagesProject, type RunningWeb } from './support/pages-project.ts'

const ESC = '\u001B'
const DATE = '2026-11-16'
const BEFORE = '2026-11-15'
/** Closes an attribute, a tag, a script; a picture that cannot be loaded; a formula, a control. */
const EVIL = `"'></script></title></textarea><script>alert(1)</script><img src=x onerror=alert(2)>&amp;\u202E${ESC}]0;t\u0007`
const LONG = `${EVIL}${'y'.repeat(1_000_000)}`
const BOMB = Array.from({ length: 20_000 }, (_, at) => `${ESC}[3${at % 8}mx`).join('')
const TARGET = `<img src=x onerror=alert(3)>"'&`

let project: PagesProject
let web: RunningWeb
let browser: Browser

beforeAll(async () => {
  const quoted = JSON.stringify(EVIL.replace(/[^ -~]/g, ''))
  project = await PagesProject.make(`warehouses: { hot: "duckdb:./hot.duckdb" }\n`)
  await writeInto(
    project,
    'ferry.yaml',
    `name: ${quoted}\nwarehouses: { hot: "duckdb:./hot.duckdb" }\nweb: { allow: [run] }\n`,
  )
  for (const date of [BEFORE, DATE]) await project.night({ date, tables: 1 })
  await writeCommands()
  await writeResults()
  await writeInto(project, 'queries/evil.sql', `select '${EVIL}'\n`)
  const sql = `create table "${EVIL.replaceAll('"', '')}" ("${EVIL.replaceAll('"', '')}" text);
    create table t ("<b>c</b>" text, n bigint); insert into t values ('<img src=x onerror=alert(4)>', 1)`
  const made = await runFerry(['sql', '-e', sql], { cwd: project.folder })
  if (made.code !== 0) throw new Error(made.stderr)
  web = await project.serve()
  browser = await startBrowser()
}, 120_000)
afterAll(async () => {
  await browser.close()
  await web.stop()
  await project[Symbol.asyncDispose]()
})

async function writeCommands(): Promise<void> {
  const folder = `logs/${DATE}`
  const base: CommandRecord = {
    tag: 'BEGIN',
    id: 'h',
    target: TARGET,
    command: `echo ${LONG} ${BOMB}`,
    attempt: 1,
    has_make_level: true,
    started_at: `${DATE}T02:00:00.000Z`,
    finished_at: null,
    exit_code: null,
    user_s: null,
    system_s: null,
    host: EVIL,
    pid: 1,
    run_id: null,
  }
  const end: CommandRecord = {
    ...base,
    tag: 'END',
    finished_at: `${DATE}T02:00:01.000Z`,
    exit_code: 1,
    user_s: 0,
    system_s: 0,
  }
  const records = `${JSON.stringify(base)}\n${JSON.stringify(end)}\n`
  await appendFile(join(project.folder, folder, 'timing_env.log'), records)
  const said = `#> t attempt=1 id=h\n${EVIL}\n${BOMB}\n${LONG}\nerror: ${EVIL}\n`
  await writeInto(project, `${folder}/${targetLogName(TARGET)}.log`, said)
  await writeInto(project, `${folder}/trackingshell.log`, `exit=1 ${EVIL}\n`)
  const known = {
    kind: 'made' as const,
    out_of_date: true,
    commands: 1,
    ignored: [],
    place: EVIL,
  }
  const graph: NightGraph = {
    version: 1,
    date: DATE,
    written_at: `${DATE}T02:00:00.000Z`,
    goals: [TARGET],
    targets: [
      { name: TARGET, needs: [], ...known },
      { name: `needs ${EVIL}`, needs: [0], ...known },
    ],
  }
  await writeInto(project, `.ferry/nights/${DATE}/graph.json`, JSON.stringify(graph))
}

async function writeResults(): Promise<void> {
  const checks = [
    { name: EVIL, severity: 'error', passed: false, failing_rows: 1, found: LONG },
  ] as const
  const columns = [
    { name: EVIL, type: 'VARCHAR' },
    { name: 'users', type: `BIGINT${EVIL}` },
  ]
  const about = { description: EVIL, owner: EVIL, relation: EVIL, columns, checks }
  const receipt = receiptOf(DATE, EVIL, { ...about, result: `results/${DATE}/evil.csv` })
  await writeInto(project, `results/${DATE}/models/evil.json`, JSON.stringify(receipt))
  const csv = (text: string): string => `"${text.replaceAll('"', '""')}"`
  await writeInto(
    project,
    `results/${DATE}/evil.csv`,
    `${csv(EVIL)},users\n${csv(EVIL)},1\n${csv(LONG)},2\n`,
  )
  const older = receiptOf(BEFORE, 'late', { ...about, result: `results/${DATE}/evil.csv` })
  await writeInto(project, `results/${BEFORE}/models/late.json`, JSON.stringify(older))
  const failure = { version: 1, model: 'late', date: DATE, state: 'failed', checks: [] }
  const error = { code: 'SQL_INVALID', message: LONG, details: {} }
  const failed = { ...failure, error, finished_at: `${DATE}T03:00:00Z` }
  await writeInto(project, `results/${DATE}/models/late.failed.json`, JSON.stringify(failed))
  await writeInto(project, 'models/late.sql', `/* materialize: table */\nselect '${EVIL}' as x\n`)
  const rows = { in: 2, out: 1, filtered: 0, rejected: 1 }
  const counts: Counts = {
    version: 1,
    step: 'mirror',
    name: EVIL,
    source: EVIL,
    date: DATE,
    rows,
    newest: EVIL,
    tableRows: 1,
    sources: { [EVIL]: { [EVIL]: 1 } },
    events: { gaps: 1, duplicates: 0, late: 0 },
    finishedAt: EVIL,
  }
  for (const step of ['mirror', 'load', 'crunch', 'compare'] as const) {
    await writeInto(
      project,
      `results/${DATE}/counts/${step}/evil.json`,
      countsText({ ...counts, step }),
    )
  }
}

const target = encodeURIComponent(TARGET)
const PAGES = [
  '/',
  '/logs',
  `/logs/view?target=${target}`,
  '/logs/view?log=trackingshell.log',
  '/gantt',
  '/graph?all=1',
  `/graph?focus=${target}`,
  '/quality',
  '/kpis',
  `/kpis/view?model=${encodeURIComponent(EVIL)}`,
  '/kpis/view?model=late',
  '/ask?query=evil',
  `/kpis/view?model=${encodeURIComponent(`${EVIL}x`)}`,
  `/graph?focus=${encodeURIComponent(`${EVIL}x`)}`,
  `/${encodeURIComponent('<script>alert(5)</script>')}`,
].map(path => `${path}${path.includes('?') ? '&' : '?'}date=${DATE}`)

describe.each(PAGES)('%s', path => {
  test('shows texts as texts, in both themes and on a phone, and does not grow with them', async () => {
    const answer = await web.get(path)
    expect((await answer.text()).length).toBeLessThan(600_000)
    await using opened = await openPage(browser, web.url + path, { theme: 'dark', width: 390 })
    const { page, complaints } = opened
    await page.waitForTimeout(200)
    expect(complaints.filter(one => !/status of 404/.test(one))).toEqual([])
    const strangers = 'main img:not(.cm-widgetBuffer), main script, main iframe, main [onerror]'
    expect(await page.locator(strangers).count()).toBe(0)
    // The skeleton is whole: nothing has closed an element of ours.
    expect(await page.locator('body > main').count()).toBe(1)
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0)
  })
})

test('an answer of the warehouse is text, whatever its columns and cells hold', async () => {
  await using opened = await openPage(browser, `${web.url}/ask#sql=select+*+from+t`)
  const { page, complaints } = opened
  await page.locator('#tables summary', { hasText: 'alert(1)' }).waitFor()
  await page.locator('button', { hasText: 'Run' }).click()
  await page.locator('#rows td', { hasText: '<img src=x onerror=alert(4)>' }).waitFor()
  expect(await page.locator('main img, main script, #rows b').count()).toBe(0)
  expect(complaints).toEqual([])
})

test('what machines read stays whole too: feed, badge, metrics', async () => {
  const feed = await (await web.get('/feed.xml')).text()
  expect(feed).not.toMatch(/<script|<img/)
  await using opened = await openPage(browser, `${web.url}/feed.xml`)
  expect(await opened.page.evaluate('document.querySelector("parsererror")')).toBeNull()
  expect(await (await web.get('/badge.svg')).text()).not.toMatch(/<script|<img/)
  for (const line of (await (await web.get('/metrics')).text()).trim().split('\n')) {
    expect(line).toMatch(/^(# (HELP|TYPE) ferry_\w+ .+|ferry_\w+(\{state="\w+"\})? [\d.e+]+)$/)
  }
})

/** Names and paths that lead out of where they belong. */
const OUTSIDE = [
  '../ferry.yaml',
  '..%2F..%2Fferry.yaml',
  '/etc/passwd',
  `../${BEFORE}/timing_env.log`,
  'x/../../ferry.yaml',
  '.hidden.log',
  '%00.log',
  'ferry.yaml',
]

const PLACES = [
  '/logs/view?log=',
  '/logs/raw?log=',
  '/logs/window?log=',
  '/logs/follow?log=',
  '/logs/search?q=root&log=',
  '/logs/view?target=',
  '/kpis/download?model=',
  '/ask?query=',
  '/assets/',
]

test.each(OUTSIDE)('%s opens nothing, wherever it is asked for', async name => {
  for (const place of PLACES) {
    const path = `${place}${encodeURIComponent(name)}`
    const answer = await web.get(path)
    const text = await answer.text()
    if (!path.startsWith('/logs/search'))
      expect([path, answer.status]).toEqual([path, answer.status === 400 ? 400 : 404])
    expect(text).not.toMatch(/root:|duckdb:/)
  }
})

test.each(['2026-11-16/../..', '../../etc', '2026-02-30', `${DATE}%00`])(
  'the date %s is none',
  async date => {
    expect((await web.get(`/?date=${encodeURIComponent(date)}`)).status).toBe(400)
  },
)

/** What is for machines says the same as the pages. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as z from 'zod'
import { PagesProject, type RunningWeb } from './support/pages-project.ts'

const NIGHTS = ['2026-11-17', '2026-11-18', '2026-11-19', '2026-11-20', '2026-11-21']
const NIGHT = '2026-11-21'
const SLOW = `intermediate/${NIGHT}/load/production.users`

const modelSchema = z.object({
  state: z.string(),
  sentence: z.string(),
  startedAt: z.string(),
  finishedAt: z.string(),
  wanted: z.number(),
  counts: z.record(z.string(), z.number()),
  commands: z.number(),
  attempts: z.array(z.unknown()),
  failed: z.array(z.object({ target: z.string() })),
  slow: z.array(
    z.object({ target: z.string(), ms: z.number(), usualMs: z.number(), isRunning: z.boolean() }),
  ),
})

let project: PagesProject
let web: RunningWeb

beforeAll(async () => {
  project = await PagesProject.make()
  for (const date of NIGHTS) {
    await project.night({ date, tables: 9, failing: date === NIGHT ? [3, 7] : [] })
  }
  await takeLonger(NIGHT, SLOW, 300_000)
  web = await project.serve()
})
afterAll(async () => {
  await web.stop()
  await project[Symbol.asyncDispose]()
})

/** A target's command ends so much later than it did. */
async function takeLonger(date: string, target: string, ms: number): Promise<void> {
  const path = join(project.folder, 'logs', date, 'timing_env.log')
  const lines = (await readFile(path, 'utf8')).trimEnd().split('\n')
  let changed = 0
  const later = lines.map(line => {
    const record: unknown = JSON.parse(line)
    const { tag, finished_at, target: own } = Object(record)
    if (tag !== 'END' || own !== target) return line
    changed += 1
    const finished = new Date(Date.parse(finished_at) + ms).toISOString()
    return JSON.stringify({ ...Object(record), finished_at: finished })
  })
  expect(changed).toBe(1)
  await writeFile(path, `${later.join('\n')}\n`)
}

const modelOf = async (date: string): Promise<z.output<typeof modelSchema>> =>
  modelSchema.parse(await (await web.get(`/?date=${date}`, { accept: 'application/json' })).json())

test('what took longer than usual is told, with how long it takes usually, and nothing else is', async () => {
  const { slow } = await modelOf(NIGHT)
  expect(slow.map(({ target }) => target)).toEqual([SLOW])
  const before = await Promise.all(NIGHTS.slice(0, -1).map(durationOf))
  before.sort((a, b) => a - b)
  expect(slow[0]?.usualMs).toBe(((before[1] ?? 0) + (before[2] ?? 0)) / 2)
  expect(slow[0]?.ms).toBeGreaterThan(300_000)
  const page = await (await web.get(`/?date=${NIGHT}`)).text()
  expect(page).toMatch(/Slower than usual.*load\/production.users/s)
  expect((await modelOf('2026-11-20')).slow).toEqual([])
})

async function durationOf(date: string): Promise<number> {
  const path = join(project.folder, 'logs', date, 'timing_env.log')
  for (const line of (await readFile(path, 'utf8')).split('\n')) {
    if (!line.includes('"END"') || !line.includes(`${date}/load/production.users"`)) continue
    const { started_at, finished_at } = Object(JSON.parse(line))
    return Date.parse(finished_at) - Date.parse(started_at)
  }
  throw new Error(`no such target on ${date}`)
}

test('the metrics are the numbers of the first page', async () => {
  const { state, counts, attempts, commands, startedAt, finishedAt } = await modelOf(NIGHT)
  const text = await (await web.get('/metrics')).text()
  const samples = new Map(
    text
      .split('\n')
      .filter(line => line !== '' && !line.startsWith('#'))
      .map(line => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]),
  )
  const expected = new Map<string, number>([
    ...Object.entries(counts).map(
      ([name, count]) => [`ferry_night_targets{state="${name.replace(' ', '_')}"}`, count] as const,
    ),
    ...['running', 'waiting', 'made', 'failed', 'stopped'].map(
      name => [`ferry_night_state{state="${name}"}`, name === state ? 1 : 0] as const,
    ),
    ['ferry_night_attempts', attempts.length],
    ['ferry_night_commands', commands],
    ['ferry_night_date_timestamp_seconds', Date.parse(`${NIGHT}T00:00:00Z`) / 1_000],
    ['ferry_night_started_timestamp_seconds', Date.parse(startedAt) / 1_000],
    ['ferry_night_finished_timestamp_seconds', Date.parse(finishedAt) / 1_000],
  ])
  expect(Object.fromEntries(samples)).toEqual(Object.fromEntries(expected))
  expect(counts['failed']).toBe(2)
})

test('the feed has each night as its page tells it, the newest first', async () => {
  const text = await (await web.get('/feed.xml')).text()
  const items = [...text.matchAll(/<item>(.*?)<\/item>/gs)].map(([, item = '']) => item)
  expect(items).toHaveLength(NIGHTS.length)
  for (const [at, date] of NIGHTS.toReversed().entries()) {
    const item = items[at] ?? ''
    const { state, counts, wanted, failed, finishedAt } = await modelOf(date)
    const missed = counts['not reached'] === 0 ? '' : `, ${counts['not reached']} not reached`
    expect(item).toContain(
      `<title>${date} ${state}: ${counts['done']} of ${wanted} targets done, ${counts['failed']} failed${missed}, `,
    )
    expect(item).toContain(`<link>${web.url}/?date=${date}</link>`)
    expect(item).toContain(`<pubDate>${new Date(finishedAt).toUTCString()}</pubDate>`)
    for (const { target } of failed) expect(item).toContain(target)
  }
})

test('the badge says the state of the newest night', async () => {
  const { state } = await modelOf(NIGHT)
  const badge = await (await web.get('/badge.svg')).text()
  expect(badge).toContain(`aria-label="night ${NIGHT}: ${state}"`)
  expect(badge).toMatch(new RegExp(`>night ${NIGHT}</text>.*>${state}</text>`, 's'))
})

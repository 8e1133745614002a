/**
 * `ferry web` over 365 nights of 2,000 commands, with counts, models, checks and logs: what a page takes when it is made
 * anew, a hundred readers at once (in a process of their own), what is asked of the warehouse, and reading all
 * nights for the first time. Budgets: 200 ms and 300 ms at the 95th percentile, 200 MB. There is no peer: the figures
 * are for whoever changes a page.
 *
 *     node bench/web/pages.bench.ts FOLDER [PART] [NIGHTS]
 *
 * The project is made in FOLDER by the first run (a third of a million files) and used again. PART is `first`,
 * `pages`, `unkept`, `readers` or `ask`; without it, all of them.
 */
import { execFile } from 'node:child_process'
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { runFerry } from '../../test/support/run-ferry.ts'
import { createRandom } from '../../test/dashboard/support/made-up-nights.ts'
import type { RunningWeb } from '../../test/dashboard/support/pages-project.ts'
import { cpuSeconds, peakMb, residentMb, sleep, tell } from './figures.ts'
import { PAGES } from './page-choice.ts'
import { dateOf, NIGHTS_WITH_LOGS, openYear } from './year.ts'

const [folder = '/tmp/ferry-bench-year', part = 'all', nightsText = '365'] = process.argv.slice(2)
const NIGHTS = Number(nightsText)
const ROUNDS = 24
const random = createRandom(7)

const project = await openYear(folder, NIGHTS)
if (part === 'all' || part === 'first') await measureFirst()
if (part === 'all' || part === 'pages') await measurePages()
if (part === 'all' || part === 'readers') await measureReaders()
if (part === 'all' || part === 'ask') await measureAsk()
if (part === 'all' || part === 'unkept') await measureUnkept()

async function measureFirst(): Promise<void> {
  rmSync(join(folder, '.ferry/web'), { recursive: true, force: true })
  const begun = performance.now()
  await using web = await project.serve()
  console.log(`first page while nothing is read yet: ${(await timed(web, '/')).toFixed(0)} ms`)
  const slow: number[] = []
  while (indexed() < NIGHTS) {
    slow.push(await timed(web, '/'))
    await sleep(100)
  }
  console.log(
    `all nights read after ${((performance.now() - begun) / 1_000).toFixed(1)} s, ${cpuSeconds(web).toFixed(1)} s of CPU; ${peakMb(web).toFixed(0)} MB at the most; the newest night meanwhile: ${tell(slow)}`,
  )
}

async function measurePages(): Promise<void> {
  await using web = await project.serve()
  console.log(`first page after a new start: ${(await timed(web, '/')).toFixed(0)} ms`)
  while (indexed() < NIGHTS) await sleep(200)
  await sleep(3_000) // what is kept of a year comes in
  for (const { name, path, accept } of PAGES) {
    const nights = path.startsWith('/logs') ? NIGHTS_WITH_LOGS : NIGHTS
    const cpu = cpuSeconds(web)
    const anew: number[] = []
    const again: number[] = []
    for (let round = 0; round < ROUNDS; round += 1) {
      const address = `${path}${path.includes('?') ? '&' : '?'}date=${dateOf(Math.floor(random() * nights))}`
      anew.push(await timed(web, address, accept))
      again.push(await timed(web, address, accept))
    }
    console.log(
      `${name.padEnd(24)} any night: ${tell(anew)}; again: ${tell(again)}; ${(((cpuSeconds(web) - cpu) * 1_000) / ROUNDS).toFixed(0)} ms of CPU for both`,
    )
  }
  console.log(`memory: ${residentMb(web).toFixed(0)} MB, ${peakMb(web).toFixed(0)} MB at the most`)
}

/**
 * Of nights that were read before, pages that nobody has made yet: a new program keeps none of those of the old one.
 * Then a hundred readers in the first half minute of such a program.
 */
async function measureUnkept(): Promise<void> {
  await using web = await project.serve()
  await timed(web, '/')
  while (indexed() < NIGHTS) await sleep(200)
  await sleep(500)
  for (const { name, path, accept } of PAGES) {
    rmSync(join(folder, '.ferry/web/pages'), { recursive: true, force: true })
    const nights = path.startsWith('/logs') ? NIGHTS_WITH_LOGS : NIGHTS
    const cpu = cpuSeconds(web)
    const times: number[] = []
    for (let round = 0; round < ROUNDS; round += 1) {
      const date = dateOf(Math.floor(random() * nights))
      times.push(await timed(web, `${path}${path.includes('?') ? '&' : '?'}date=${date}`, accept))
    }
    console.log(
      `${name.padEnd(24)} not kept yet: ${tell(times)}; ${(((cpuSeconds(web) - cpu) * 1_000) / ROUNDS).toFixed(0)} ms of CPU`,
    )
  }
  rmSync(join(folder, '.ferry/web/pages'), { recursive: true, force: true })
  console.log('while no page is kept yet:')
  for (let round = 0; round < 2; round += 1) await readersOf(web, 1_000)
}

/** As after the nights themselves, whose pages the server makes when they are over. */
async function measureReaders(): Promise<void> {
  await using web = await project.serve()
  const begun = performance.now()
  await keepAll(web)
  console.log(
    `every page of every night once: ${((performance.now() - begun) / 1_000).toFixed(0)} s`,
  )
  await sleep(3_000)
  for (const pauseMs of [1_000, 0]) {
    const times = await readersOf(web, pauseMs)
    for (const [name, own] of Object.entries(times))
      console.log(`  ${name.padEnd(24)} ${tell(own)}`)
  }
  console.log(`memory: ${residentMb(web).toFixed(0)} MB, ${peakMb(web).toFixed(0)} MB at the most`)
}

/** Asks for every page, two at a time; those that are kept already come at once. */
async function keepAll(web: RunningWeb): Promise<void> {
  const nights = Array.from({ length: NIGHTS }, (_, at) => dateOf(at))
  const work = async (): Promise<void> => {
    for (let night = nights.shift(); night !== undefined; night = nights.shift()) {
      for (const { path, accept } of PAGES) {
        if (!path.includes('?')) await timed(web, `${path}?date=${night}`, accept)
      }
    }
  }
  await Promise.all([work(), work()])
}

async function readersOf(web: RunningWeb, pauseMs: number): Promise<Record<string, number[]>> {
  const cpu = cpuSeconds(web)
  const seconds = 15
  const args = [web.url, 100, seconds, pauseMs, NIGHTS].map(String)
  const script = fileURLToPath(new URL('readers.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [script, ...args])
  const times: Record<string, number[]> = Object(JSON.parse(stdout))
  const all = Object.values(times).flat()
  const how = pauseMs === 0 ? 'who ask again at once' : 'who look at a page a second each'
  console.log(
    `100 readers ${how}: ${(all.length / seconds).toFixed(0)} pages a second, ${tell(all)}; ${(((cpuSeconds(web) - cpu) * 1_000) / all.length).toFixed(1)} ms of CPU a page`,
  )
  return times
}

async function measureAsk(): Promise<void> {
  await runFerry(
    ['sql', '-e', 'create or replace table numbers as select range as n from range(1000)'],
    {
      cwd: folder,
    },
  )
  await using web = await project.serve()
  const [, token = ''] =
    /name="csrf-token" content="([^"]+)"/.exec(await (await web.get('/ask')).text()) ?? []
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json',
    'x-csrf-token': token,
  }
  const [whole, inside]: [number[], number[]] = [[], []]
  for (let round = 0; round < 40; round += 1) {
    const body = JSON.stringify({ warehouse: 'hot', sql: 'select n, n * 2 as twice from numbers' })
    const start = performance.now()
    const answer = await fetch(`${web.url}/ask/run`, { method: 'POST', headers, body })
    const { ms } = Object(await answer.json())
    whole.push(performance.now() - start)
    inside.push(Number(ms))
  }
  console.log(`a question of 1,000 rows: ${tell(whole)}; of it in the warehouse ${tell(inside)}`)
  const overhead = whole.map((ms, at) => Math.max(0, ms - (inside[at] ?? 0)))
  console.log(`  besides the warehouse: ${tell(overhead)}`)
  await runFerry(['warehouse', 'stop'], { cwd: folder })
}

/** Nights whose results are kept; they come last. */
function indexed(): number {
  try {
    return readdirSync(join(folder, '.ferry/web/results')).length
  } catch {
    return 0 // no night yet
  }
}

async function timed(web: RunningWeb, path: string, accept = 'text/html'): Promise<number> {
  const start = performance.now()
  const response = await web.get(path, { accept, 'accept-encoding': 'gzip' })
  await response.arrayBuffer()
  if (!response.ok) throw new Error(`${path}: ${response.status}`)
  return performance.now() - start
}

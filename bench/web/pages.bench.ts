/**
 * `ferry web` over 365 nights of 2,000 commands: what a page takes on the server, with the nights
 * read and from a cold start, one reader and a hundred. Budgets: 200 ms and 300 ms at the 95th
 * percentile. There is no peer: the figures are for whoever changes a page.
 *
 *     node bench/web/pages.bench.ts [NIGHTS]
 */
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { createRandom } from '../../test/dashboard/support/made-up-nights.ts'
import { PagesProject, type RunningWeb } from '../../test/dashboard/support/pages-project.ts'

const NIGHTS = Number(process.argv[2] ?? 365)
const TABLES = 615 // 1,998 targets
const LAST = Date.parse('2026-11-21T00:00:00Z')
const ROUNDS = 60
const READERS = 100
const random = createRandom(7)

const dateOf = (back: number): string =>
  new Date(LAST - back * 86_400_000).toISOString().slice(0, 10)
const PAGES = [
  '/',
  '/logs',
  '/gantt',
  '/graph',
  '/graph?all=1',
  '/quality',
  '/kpis',
  '/metrics',
  '/feed.xml',
]

await using project = await PagesProject.make()
let commands = 0
for (let back = NIGHTS - 1; back >= 0; back -= 1) {
  const failing = back % 9 === 4 || back === 0 ? [5, 99] : []
  const names = await project.night({
    date: dateOf(back),
    tables: TABLES,
    failing,
    withLogs: back === 0,
  })
  commands += names.length
}
console.log(`${NIGHTS} nights of ${Math.round(commands / NIGHTS)} targets`)

const begun = performance.now()
{
  await using cold = await project.serve()
  const first = await timed(cold, '/')
  console.log(`first page while nothing is read yet: ${first.toFixed(0)} ms`)
  for (;;) {
    const model = Object(await (await cold.get('/', { accept: 'application/json' })).json())
    if (model.calendar.every((one: { state: string | null }) => one.state !== null)) break
    await sleep(250)
  }
  console.log(
    `all nights read after ${((performance.now() - begun) / 1_000).toFixed(1)} s; ${memory(cold)} MB at the most`,
  )
}

await using web = await project.serve()
console.log(`first page after a new start: ${(await timed(web, '/')).toFixed(0)} ms`)
await sleep(4_000) // the summaries of a year come in
for (const page of PAGES) {
  const times: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const back = round % 2 === 0 ? Math.floor(random() * 3) : Math.floor(random() * NIGHTS)
    times.push(
      await timed(
        web,
        `${page}${page.includes('?') ? '&' : '?'}date=${dateOf(Math.min(back, NIGHTS - 1))}`,
      ),
    )
  }
  console.log(`${page.padEnd(14)} ${tell(times)}`)
}

const times: number[] = []
await Promise.all(
  Array.from({ length: READERS }, async (_, reader) => {
    await sleep(reader * 100) // they do not all look at the same moment
    for (let round = 0; round < 5; round += 1) {
      const page = PAGES[(reader + round) % 4] ?? '/'
      times.push(await timed(web, page))
      await sleep(10_000)
    }
  }),
)
console.log(`${READERS} readers, a page every ten seconds each: ${tell(times)}`)
console.log(`memory: ${memory(web)} MB at the most`)

async function timed(server: RunningWeb, path: string): Promise<number> {
  const start = performance.now()
  const response = await server.get(path, { accept: 'text/html' })
  await response.arrayBuffer()
  if (!response.ok) throw new Error(`${path}: ${response.status}`)
  return performance.now() - start
}

function tell(times: number[]): string {
  times.sort((a, b) => a - b)
  const at = (share: number): string =>
    (times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0).toFixed(0)
  return `median ${at(0.5)} ms, 95th percentile ${at(0.95)} ms, slowest ${at(1)} ms`
}

function memory(server: RunningWeb): number {
  const [, kilobytes = '0'] =
    /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8')) ?? []
  return Math.round(Number(kilobytes) / 1_000)
}

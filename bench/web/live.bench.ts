/**
 * How long it takes until a browser (Debian's Chromium) shows what the tracking shell has written, of a night of 2,000
 * commands that goes on; and until the last of a thousand readers is told. Budget: 1 s.
 */
import { appendFileSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { startBrowser } from '../../test/dashboard/support/browser.ts'
import { openReaders } from '../../test/dashboard/support/event-readers.ts'
import { measureLive } from '../../test/dashboard/support/live-latency.ts'
import { PagesProject } from '../../test/dashboard/support/pages-project.ts'
import { median, residentMb, sleep } from './figures.ts'

const DATE = '2026-11-21'
const TARGETS = Number(process.argv[2] ?? 25)

await using project = await PagesProject.make('run: { targets: [all], jobs: 1, max_attempts: 9 }\n')
await project.night({ date: DATE, tables: 615 })
// Or the night would be over, and nothing left to run.
await rm(join(project.folder, '.ferry/nights'), { recursive: true })
await using web = await project.serve()
const browser = await startBrowser()
const delays = await measureLive({ project, web, browser }, DATE, TARGETS)
await browser.close()
console.log(
  `live update, ${delays.length} commands begun, until the page shows them: median ${median(delays).toFixed(0)} ms, worst ${Math.max(...delays).toFixed(0)} ms`,
)

const records = join(project.folder, 'logs', DATE, 'timing_env.log')
const [line = ''] = readFileSync(records, 'utf8').split('\n')
const before = residentMb(web)
const readers = await openReaders(web.url, DATE, 1_000)
const last: number[] = []
for (let round = 0; round < 10; round += 1) {
  const writtenAt = Date.now()
  appendFileSync(
    records,
    `${JSON.stringify({ ...Object(JSON.parse(line)), id: `more${round}` })}\n`,
  )
  while (readers.some(one => one.toldAt() < writtenAt)) await sleep(5)
  last.push(Math.max(...readers.map(one => one.toldAt() - writtenAt)))
  await sleep(250)
}
console.log(
  `a thousand readers, until the last is told: median ${median(last).toFixed(0)} ms, worst ${Math.max(...last).toFixed(0)} ms; memory ${before.toFixed(0)} MB, with them ${residentMb(web).toFixed(0)} MB`,
)
for (const { socket } of readers) socket.destroy()

/**
 * A log of 1 GB: its first screen, its end, a search through all of it, and the memory of the server.
 * `grep` beside it. Budgets: 200 ms, 3 s, 200 MB.
 */
import { execFileSync } from 'node:child_process'
import { createWriteStream, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { PagesProject } from '../../test/dashboard/support/pages-project.ts'

const BYTES = 1_000_000_000
const DATE = '2026-11-21'

await using project = await PagesProject.make()
await project.night({ date: DATE, tables: 1 })
const path = join(project.folder, 'logs', DATE, 'large.log')
await pipeline(lines, createWriteStream(path))

function* lines(): Generator<string> {
  const block = Array.from(
    { length: 10_000 },
    (_, at) =>
      `${DATE}T02:${String(at % 60).padStart(2, '0')}:00.123Z INFO worker-${at % 17} took batch ${at} of production.tasks in ${at % 977} ms\n`,
  ).join('')
  for (let written = 0; written < BYTES; written += block.length) yield block
  yield `${DATE}T05:00:00Z ERROR worker-3 could not commit: the needle\n`
}

await using web = await project.serve()
await web.get('/logs') // the program is warm
for (let round = 0; round < 3; round += 1) {
  console.log(
    `first screen ${await timed(`/logs/view?log=large.log`)}, the end ${await timed('/logs/window?log=large.log&from=-49152')}`,
  )
  console.log(
    `search for a text ${await timed('/logs/search?log=large.log&q=the+needle')}, for errors ${await timed('/logs/search?log=large.log&errors=1')}`,
  )
  const start = performance.now()
  execFileSync('grep', ['-i', '-c', 'the needle', path], { env: { LC_ALL: 'C' } })
  console.log(`grep -i: ${(performance.now() - start).toFixed(0)} ms`)
}
const status = readFileSync(`/proc/${web.pid}/status`, 'utf8')
console.log(
  `memory: ${Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1_000)} MB at the most`,
)

async function timed(address: string): Promise<string> {
  const start = performance.now()
  const text = await (await web.get(address)).text()
  if (address.includes('search') && !text.includes('needle')) throw new Error('not found')
  return `${(performance.now() - start).toFixed(0)} ms`
}

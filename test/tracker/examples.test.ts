import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { startChromium } from '../../servers/chromium.ts'
import { CollectorProject } from '../support/collector.ts'
import { faultsOf, until } from './support.ts'

const EXAMPLES = join(import.meta.dirname, '../../examples/tracker')
const run = promisify(execFile)

test('the example program sends three events, and goes on counting in its next run', async () => {
  await using project = await CollectorProject.make('{ workers: 1 }')
  const collector = await project.start()
  const folder = join(project.directory, 'queue')
  await mkdir(folder)
  const args = [join(EXAMPLES, 'signup.ts'), collector.url, folder]
  expect((await run(process.execPath, args)).stdout).toBe(
    'the last event is number 3 of its session\n',
  )
  expect((await run(process.execPath, args)).stdout).toContain('number 6 ')
  await collector.stop()
  const events = await project.delivered()
  expect(events.map(one => one.event).slice(0, 3)).toEqual([
    'signup started',
    'plan chosen',
    'signup done',
  ])
  expect(events).toHaveLength(6)
  expect(faultsOf(events)).toEqual([])
})

test('the example page sends what is clicked', async () => {
  await using project = await CollectorProject.make('{ workers: 1 }')
  await using browser = await startChromium()
  const collector = await project.start()
  const server = spawn(process.execPath, [join(EXAMPLES, 'serve.ts'), '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    const [said] = await once(server.stdout, 'data')
    const tab = await browser.open(`${String(said).trim()}/page.html?collector=${collector.url}`)
    await tab.evaluate("document.getElementById('buy').click()")
    // One that is not in the database yet would go with the next page only.
    await until(async () => Object(await tab.evaluate('tracker.status()')).waiting === 2)
    await tab.visit('about:blank')
    await until(async () => ((await collector.metrics())['events_stored_total'] ?? 0) >= 2)
  } finally {
    server.kill()
    await collector.stop()
  }
  const events = await project.delivered()
  expect(new Set(events.map(one => one.event))).toEqual(new Set(['page seen', 'bought']))
  expect(events.find(one => one.event === 'bought')).toMatchObject({ user_id: 'u-1', nr: '2' })
})

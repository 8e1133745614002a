import { appendFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createTracker } from 'ferry/tracker'
import { expect, test } from 'vitest'
import { CollectorProject } from '../support/collector.ts'
import { faultsOf, runTracking } from './support.ts'

const SOAK = process.env['FERRY_SOAK'] !== undefined
const KILLS = SOAK ? 200 : 5

test(`${KILLS} SIGKILLs while it tracks: what was kept arrives, with numbers without a gap`, {
  timeout: 60_000 + KILLS * 5_000,
}, async () => {
  await using project = await CollectorProject.make('{ workers: 1 }')
  const collector = await project.start()
  const folder = await project.makeFolder('queue')
  const kept: string[] = []
  for (let kill = 1; kill <= KILLS; kill++) {
    kept.push(...(await runTracking([collector.url, folder, `run${kill}`, 0], Math.random() * 300)))
    // A power failure leaves half a line too.
    const [queue = ''] = (await readdir(folder)).filter(name => name.endsWith('.ndjson'))
    if (kill % 2 === 0) await appendFile(join(folder, queue), '{"p":{"nr":7000000,"at":17000')
  }
  const last = await runTracking([collector.url, folder, 'last', 10])
  expect(last.at(-1)).toBe('done')
  expect(await collector.stop()).toBe(0)
  const events = await project.delivered()
  const names = new Set(events.map(one => one.event))
  const lost = kept.filter(name => !names.has(name))
  console.log(
    `${KILLS} kills, ${kept.length} events kept, ${names.size} arrived, ${events.length - names.size} of them twice`,
  )
  expect({ lost, faults: faultsOf(events) }).toEqual({ lost: [], faults: [] })
  expect(new Set(events.map(one => one.session)).size).toBe(1)
  expect(kept.length).toBeGreaterThan(KILLS * 5)
})

test('two processes and one folder: two sessions, and a third process sends what both left', async () => {
  await using project = await CollectorProject.make('{ workers: 1 }')
  const folder = await project.makeFolder('queue')
  const nobody = 'http://127.0.0.1:9'
  const kept = await Promise.all([
    runTracking([nobody, folder, 'one', 0], 400),
    runTracking([nobody, folder, 'two', 0], 400),
  ])
  const collector = await project.start()
  const tracker = createTracker({ url: collector.url, directory: folder, productVersion: '2' })
  const acknowledged = async (): Promise<number> => {
    await tracker.flush()
    return (await tracker.status()).acknowledged
  }
  // It takes over one file at once, and the other when its owner had time to come back.
  await expect
    .poll(acknowledged, { timeout: 15_000, interval: 500 })
    .toBeGreaterThanOrEqual(kept.flat().length)
  await tracker.close()
  await collector.stop()
  const events = await project.delivered()
  const names = new Set(events.map(one => one.event))
  expect(kept.flat().filter(name => !names.has(name))).toEqual([])
  expect(faultsOf(events)).toEqual([])
  expect(new Set(events.map(one => one.session)).size).toBe(2)
  expect(new Set(events.map(one => one.device_id)).size).toBe(1)
})

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { parseRows } from '../../src/collector/parse-rows.ts'
import { AwakeClock } from '../support/awake-clock.ts'
import { collection, CollectorProject, type RunningCollector } from '../support/collector.ts'
import { runFerry } from '../support/run-ferry.ts'

const SOAK = process.env['FERRY_SOAK'] !== undefined
const KILLS = SOAK ? 200 : 4
const CLIENTS = 8
const ACCEPTS_AGAIN_MS = 5_000

test(`${KILLS} SIGKILLs under load: what was acknowledged is delivered, once`, {
  timeout: 60_000 + KILLS * 10_000,
}, async () => {
  await using project = await CollectorProject.make(
    '{ workers: 2, segment: { size: 200kB, age: 1s } }',
  )
  using clock = new AwakeClock()
  const clients = new Clients()
  let slowestMs = 0
  for (let kill = 0; kill < KILLS; kill++) {
    const startedAt = clock.now
    const collector = await project.start()
    const first = clients.acknowledged.size
    const load = clients.send(collector)
    while (clients.acknowledged.size === first) await sleep(5)
    slowestMs = Math.max(slowestMs, clock.now - startedAt)
    await sleep(50 + Math.random() * 900)
    await collector.kill()
    await load
  }
  const last = await project.start()
  expect(await last.stop()).toBe(0)
  const stored = (await project.delivered()).map(one => Number(one.nr))
  const twice = [...countsOf(stored)].filter(([, count]) => count > 1).map(([nr]) => nr)
  const verify = ['events', 'verify', 'events/', '--output', 'verified.csv.gz']
  const verified = await runFerry(verify, { cwd: project.directory })
  expect(verified).toMatchObject({ code: 0, stderr: '' })
  const packed = await readFile(join(project.directory, 'verified.csv.gz'))
  const once = countsOf([...parseRows(gunzipSync(packed))].map(one => Number(one.nr)))
  console.log(
    `${KILLS} kills, ${clients.acknowledged.size} events acknowledged, ${clients.again.size} sent again as nobody had answered, ${stored.length} delivered, ${twice.length} of them twice; ${once.size} after verify, accepting again within ${Math.round(slowestMs)} ms`,
  )
  expect([...clients.acknowledged].filter(nr => !once.has(nr))).toEqual([])
  expect([...once].filter(([, count]) => count > 1)).toEqual([])
  // By itself, the collector makes two of none: those had come twice.
  expect(twice.filter(nr => !clients.again.has(nr))).toEqual([])
  expect(clients.acknowledged.size).toBeGreaterThan(KILLS * 10)
  expect(slowestMs).toBeLessThan(ACCEPTS_AGAIN_MS)
})

const countsOf = (numbers: readonly number[]): Map<number, number> => {
  const counts = new Map<number, number>()
  for (const nr of numbers) counts.set(nr, (counts.get(nr) ?? 0) + 1)
  return counts
}

/**
 * Clients that remember of which events they were told that they are stored. Half of them send those of
 * which they were not told again, as clients do, and half never do.
 */
class Clients {
  readonly acknowledged = new Set<number>()
  /** What was sent more than once. */
  readonly again = new Set<number>()
  /** By client: what its next request has once more. */
  readonly #unanswered: (readonly number[])[] = Array.from({ length: CLIENTS }, () => [])
  #next = 1

  /** Sends until the collector is gone. */
  async send(collector: RunningCollector): Promise<void> {
    await Promise.all(this.#unanswered.map((_, client) => this.#sendOn(client, collector)))
  }

  async #sendOn(client: number, { url }: RunningCollector): Promise<void> {
    for (;;) {
      const left = this.#unanswered[client] ?? []
      for (const nr of left) this.again.add(nr)
      const count = 1 + Math.floor(Math.random() * 25)
      const numbers = left.length > 0 ? left : Array.from({ length: count }, () => this.#next++)
      const payloads = numbers.map(nr => ({ at: '1700000000', event: 'click', nr }))
      try {
        const answer = await fetch(`${url}/api/v1/track`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify(collection(payloads)),
        })
        if (answer.status === 200) for (const nr of numbers) this.acknowledged.add(nr)
        this.#unanswered[client] = []
        await answer.arrayBuffer()
      } catch {
        // Killed: nobody knows what became of these.
        if (client % 2 === 0 && !this.acknowledged.has(numbers[0] ?? 0)) {
          this.#unanswered[client] = numbers
        }
        return
      }
    }
  }
}

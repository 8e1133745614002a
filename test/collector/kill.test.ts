import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { collection, CollectorProject, type RunningCollector } from '../support/collector.ts'

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
  const clients = new Clients()
  let slowestMs = 0
  for (let kill = 0; kill < KILLS; kill++) {
    const startedAt = Date.now()
    const collector = await project.start()
    const first = clients.acknowledged.size
    const load = clients.send(collector)
    while (clients.acknowledged.size === first) await sleep(5)
    slowestMs = Math.max(slowestMs, Date.now() - startedAt)
    await sleep(50 + Math.random() * 900)
    await collector.kill()
    await load
  }
  const last = await project.start()
  expect(await last.stop()).toBe(0)
  const stored = (await project.delivered()).map(one => Number(one.nr))
  const times = new Map<number, number>()
  for (const nr of stored) times.set(nr, (times.get(nr) ?? 0) + 1)
  const lost = [...clients.acknowledged].filter(nr => !times.has(nr))
  const twice = [...times].filter(([, count]) => count > 1)
  console.log(
    `${KILLS} kills, ${clients.acknowledged.size} events acknowledged, ${stored.length} delivered, accepting again within ${slowestMs} ms`,
  )
  expect({ lost, twice }).toEqual({ lost: [], twice: [] })
  expect(clients.acknowledged.size).toBeGreaterThan(KILLS * 10)
  expect(slowestMs).toBeLessThan(ACCEPTS_AGAIN_MS)
})

/** Clients that never send an event again, and remember of which they were told that it is stored. */
class Clients {
  readonly acknowledged = new Set<number>()
  #next = 1

  /** Sends until the collector is gone. */
  async send(collector: RunningCollector): Promise<void> {
    await Promise.all(Array.from({ length: CLIENTS }, () => this.#sendOn(collector)))
  }

  async #sendOn({ url }: RunningCollector): Promise<void> {
    for (;;) {
      const count = 1 + Math.floor(Math.random() * 25)
      const numbers = Array.from({ length: count }, () => this.#next++)
      const payloads = numbers.map(nr => ({ at: '1700000000', event: 'click', nr }))
      try {
        const answer = await fetch(`${url}/api/v1/track`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify(collection(payloads)),
        })
        if (answer.status === 200) for (const nr of numbers) this.acknowledged.add(nr)
        await answer.arrayBuffer()
      } catch {
        return // killed: nobody knows what became of these
      }
    }
  }
}

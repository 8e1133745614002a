/**
 * Readers of `ferry web`, in a process of their own: each asks for a page, any of all, waits for all of it, and asks
 * for the next after a pause. Prints milliseconds by page as JSON.
 *
 *     node bench/web/readers.ts URL READERS SECONDS PAUSE_MS NIGHTS
 */
import { Agent, get } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { createRandom } from '../../test/dashboard/support/made-up-nights.ts'
import { PAGES, pickDate } from './page-choice.ts'

const [url = '', readers, seconds, pauseMs, nights] = process.argv.slice(2)
const agent = new Agent({ keepAlive: true, maxSockets: Number(readers) })
const random = createRandom(11)
const times: Record<string, number[]> = {}
const end = performance.now() + Number(seconds) * 1_000

/** As a browser that unpacks elsewhere: what is measured is the server. */
function ask(path: string, accept: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { accept, 'accept-encoding': 'gzip' }
    get(`${url}${path}`, { agent, headers }, answer => {
      answer.resume()
      answer.once('end', () => {
        if (answer.statusCode === 200) resolve()
        else reject(new Error(`${path}: ${answer.statusCode}`))
      })
    }).once('error', reject)
  })
}

await Promise.all(
  Array.from({ length: Number(readers) }, async () => {
    await sleep(random() * Number(pauseMs))
    while (performance.now() < end) {
      const page = PAGES[Math.floor(random() * PAGES.length)] ?? PAGES[0]
      const start = performance.now()
      await ask(
        `${page.path}${page.path.includes('?') ? '&' : '?'}date=${pickDate(random, Number(nights))}`,
        page.accept,
      )
      ;(times[page.name] ??= []).push(performance.now() - start)
      await sleep(Number(pauseMs) * (0.5 + random()))
    }
  }),
)
agent.destroy()
console.log(JSON.stringify(times))

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { text } from 'node:stream/consumers'
import type { StoredEvent } from '../support/collector.ts'

const PROGRAM = join(import.meta.dirname, 'tracking-program.ts')

/** Runs the tracking program; it is killed after `killAfterMs`. Returns the lines that it said. */
export async function runTracking(
  args: readonly [url: string, folder: string, run: string, count: number],
  killAfterMs?: number,
): Promise<string[]> {
  const child = spawn(process.execPath, [PROGRAM, ...args.map(String)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const said = text(child.stdout)
  if (killAfterMs !== undefined) {
    await once(child.stdout, 'readable')
    await sleep(killAfterMs)
    child.kill('SIGKILL')
  }
  return (await said).split('\n').filter(line => line !== '')
}

/** What of the order and completeness of events is wrong: nothing, when it is all as promised. */
export function faultsOf(events: readonly StoredEvent[]): string[] {
  const faults: string[] = []
  const bySession = Map.groupBy(events, one => one.session)
  for (const [session, ofSession] of bySession) {
    const byNumber = Map.groupBy(ofSession, one => Number(one.nr))
    for (let nr = 1; nr <= Math.max(...byNumber.keys()); nr++) {
      if (!byNumber.has(nr)) faults.push(`${session}: ${nr} is missing`)
    }
    for (const [nr, same] of byNumber) {
      const contents = new Set(same.map(one => `${one.event} ${one.at} ${one.parameters}`))
      if (contents.size > 1) faults.push(`${session}: ${nr} is of ${[...contents].join(' and ')}`)
    }
  }
  return faults
}

export interface Answer {
  readonly status: number
  readonly headers?: Record<string, string>
  readonly body?: string
}

/** A collector whose answers are written down, in their order; the last one stays. */
export async function startScripted(...answers: readonly [Answer, ...Answer[]]) {
  const requests: { at: number; body: string; head: IncomingMessage['headers'] }[] = []
  const server = createServer((request, response) => {
    const take = async (): Promise<void> => {
      const body = await text(request)
      requests.push({ at: Date.now(), body, head: request.headers })
      const answer = answers[requests.length - 1] ?? answers.at(-1)
      response.writeHead(answer?.status ?? 500, answer?.headers).end(answer?.body)
    }
    void take()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    async [Symbol.asyncDispose](): Promise<void> {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Waits until `isSo`, for up to ten seconds. @throws Error when it is not so by then */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 10_000; !(await isSo()); await sleep(20)) {
    if (Date.now() > deadline) throw new Error(`not within ten seconds: ${isSo.toString()}`)
  }
}

/** Starts a program that serves out of its memory on loopback, and waits until it answers. */
import type { ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { end, freePort, lastLines, readLog, spawnOnLeash } from './leash.ts'

const STARTS_WITHIN_MS = 60_000

export interface HttpServer {
  readonly port: number
  readonly pid: number
  /** Everything it holds is gone then. May be called twice. */
  readonly stop: () => Promise<void>
}

/**
 * `command` gets the port to listen on. The server runs in a temporary folder of its own. `answers`
 * tells whether it is there, when it does not speak HTTP. @throws Error with the end of the server's log when it does not answer
 */
export async function startHttpServer(
  name: string,
  command: (port: number) => readonly string[],
  env: Readonly<Record<string, string>> = {},
  answers: (port: number) => Promise<boolean> = answersHttp,
): Promise<HttpServer> {
  for (let triesLeft = 3; ; ) {
    const port = await freePort()
    const folder = await mkdtemp(join(tmpdir(), `ferry-${name}-`))
    const log = `${folder}.log` // outlives the folder of a server that ends at once
    const leash = { cwd: folder, log, temporary: folder, signal: 'KILL', env } as const
    const child = spawnOnLeash(command(port), leash)
    try {
      await untilAnswered(child, port, { log, answers })
      return { port, pid: child.pid ?? 0, stop: () => end(child) }
    } catch (error) {
      await end(child)
      triesLeft -= 1 // somebody may have taken the free port in the meantime
      if (triesLeft === 0) throw new Error(`${name} did not start`, { cause: error })
    } finally {
      await rm(log, { force: true })
    }
  }
}

async function untilAnswered(
  child: ChildProcess,
  port: number,
  server: { readonly log: string; readonly answers: (port: number) => Promise<boolean> },
): Promise<void> {
  for (const deadline = Date.now() + STARTS_WITHIN_MS; ; await sleep(25)) {
    const log = await readLog(server.log)
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`ended at once: ${lastLines(log)}`)
    }
    if (await server.answers(port)) return
    if (Date.now() > deadline) {
      throw new Error(`no answer in ${STARTS_WITHIN_MS / 1000} s: ${lastLines(log)}`)
    }
  }
}

/** Any status is an answer. */
async function answersHttp(port: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(5_000) })
    await answer.arrayBuffer()
    return true
  } catch {
    return false // not yet: it is asked again until the deadline
  }
}

/**
 * No test server outlives its owner. A small shell stands between this process and the server and
 * stops the server when its standard input ends, which it does however this process ends, SIGKILL
 * included; a temporary folder goes with it.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { Account } from './postgres-binaries.ts'

const STOPS_WITHIN_MS = 10_000

/**
 * $1: the log; $2: what to remove at the end, or nothing; $3: the signal that stops the server. The
 * rest is the server. Its input is the leash.
 */
const SUPERVISOR = `
exec >>"$1" 2>&1
temporary=$2; signal=$3; shift 3
exec 3<&0
"$@" </dev/null 3<&- &
server=$!
trap 'kill -$signal $server' HUP INT TERM
(trap - HUP INT TERM; read -r _ <&3; kill -$signal $server) 2>/dev/null &
leash=$!
exec 3<&-
code=129
while [ $code -gt 128 ] && kill -0 $server 2>/dev/null; do wait $server; code=$?; done
kill $leash 2>/dev/null
cd /
if [ -n "$temporary" ]; then rm -rf "$temporary"; fi
exit $code
`

export interface Leash {
  readonly cwd: string
  /** A file in `cwd` that takes all that the server says. */
  readonly log: string
  /** A folder that is removed when the server has ended; '' for none. */
  readonly temporary: string
  /** What ends the server at once. */
  readonly signal: 'INT' | 'KILL'
  readonly account?: Account | undefined
  readonly env?: Readonly<Record<string, string>>
}

/** Starts a server: its program and arguments. */
export function spawnOnLeash(server: readonly string[], leash: Leash): ChildProcess {
  const { cwd, log, temporary, signal, account, env } = leash
  const name = `${server[0]?.split('/').at(-1)}-on-a-leash`
  const child = spawn('/bin/sh', ['-c', SUPERVISOR, name, log, temporary, signal, ...server], {
    cwd,
    env: { ...cleanEnvironment(), ...env },
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true, // a terminal's Ctrl-C is for the owner, who decides
    ...account,
  })
  child.stdin?.on('error', () => undefined) // the leash may be gone before its end is pulled
  child.unref() // a forgotten server keeps no owner alive
  return child
}

/** Only what a server needs: PGDATA, AWS_PROFILE and friends of the caller are none of its business. */
export function cleanEnvironment(): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' }
}

/** Resolves when the server is gone. May be called twice. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.ref()
  const gone = once(child, 'exit')
  child.stdin?.end()
  const late = AbortSignal.timeout(STOPS_WITHIN_MS)
  const kill = (): void => {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL') // the server is in its group
  }
  late.addEventListener('abort', kill)
  await gone
  late.removeEventListener('abort', kill)
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  if (address === null || typeof address === 'string') throw new Error('no free port')
  return address.port
}

export async function readLog(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '') // absent, or gone with the data directory
}

export function lastLines(log: string): string {
  return log.trimEnd().split('\n').slice(-5).join('\n')
}

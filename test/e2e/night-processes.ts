/** The processes of a night that runs, to kill some of them. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, readdirSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'

export const FERRY = join(import.meta.dirname, '../../bin/ferry')

/** A small seeded generator (mulberry32). */
export function generator(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

export function startNight(project: string, date: string): ChildProcess {
  return spawn(FERRY, ['run', '--once', '--date', date], {
    cwd: project,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
}

export async function endOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return child.exitCode
}

export interface Victim {
  readonly pid: number
  /** `recipe`, `shell` (the tracking shell), `make`, `client` (a `ferry model`), `warehouse`. */
  readonly kind: string
  /** Of what it works on, when it is a recipe or its shell. */
  readonly target: string | undefined
}

/** Every process that works in a project, `ferry run` itself excepted. */
export function nightProcesses(project: string): Victim[] {
  return readdirSync('/proc').flatMap((name): Victim[] => {
    if (!/^\d+$/.test(name)) return []
    const environment = readProc(`/proc/${name}/environ`).split('\0')
    const value = (key: string): string | undefined =>
      environment.find(entry => entry.startsWith(`${key}=`))?.slice(key.length + 1)
    const command = readProc(`/proc/${name}/cmdline`)
    const isWarehouse = command.includes('\0warehouse\0serve\0')
    if (value('FERRY_RUN_ID') === undefined && !isWarehouse) return []
    try {
      if (readlinkSync(`/proc/${name}/cwd`) !== project) return []
    } catch {
      return [] // it ended meanwhile
    }
    const isTracked = value('FERRY_COMMAND_ID') !== undefined
    const kind = isWarehouse
      ? 'warehouse'
      : command.startsWith('make\0')
        ? 'make'
        : !isTracked
          ? 'shell'
          : /ferry\.js\0model\0/.test(command)
            ? 'client'
            : 'recipe'
    return [{ pid: Number(name), kind, target: value('FERRY_TARGET') }]
  })
}

/** Whether there was something to kill. */
export function kill(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL')
  } catch {
    return false // it ended meanwhile
  }
}

/** Kills one of a kind; returns the targets whose own processes were hit, or undefined for none. */
export function strike(
  project: string,
  kind: string,
  ferry: ChildProcess,
  random: (below: number) => number,
): string[] | undefined {
  const all = nightProcesses(project)
  if (kind === 'ferry') return ferry.kill('SIGKILL') ? [] : undefined
  if (kind === 'everything') {
    ferry.kill('SIGKILL')
    return all.filter(one => kill(one.pid)).flatMap(one => one.target ?? [])
  }
  const chosen = all.filter(one => one.kind === kind)
  const one = chosen[random(Math.max(1, chosen.length))]
  return one !== undefined && kill(one.pid) ? [one.target ?? ''] : undefined
}

function readProc(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return '' // it ended meanwhile
  }
}

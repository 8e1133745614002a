import { readFile, readdir } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { FerryError, systemErrorCode } from '../core/errors.ts'

/** A process of this machine, known by what its environment holds. */
export interface TrackedProcess {
  readonly pid: number
  readonly runId: string | undefined
  readonly commandId: string | undefined
  readonly isMake: boolean
}

/**
 * Every process that bears FERRY_RUN_ID or FERRY_COMMAND_ID: makes, tracking shells, recipes and
 * whatever they started, in whatever group or session. Linux only (/proc). A process changes its
 * environment only by exec, so one cannot slip out by forking.
 */
export async function findTrackedProcesses(): Promise<TrackedProcess[]> {
  const names = (await readdir('/proc')).filter(name => /^\d+$/.test(name))
  const found = await Promise.all(
    names.map(async name => {
      const environment = await readProcFile(`/proc/${name}/environ`)
      const runId = valueOf(environment, 'FERRY_RUN_ID')
      const commandId = valueOf(environment, 'FERRY_COMMAND_ID')
      if (runId === undefined && commandId === undefined) return []
      if (Number(name) === process.pid) return []
      const isMake = /^g?make\n$/.test(await readProcFile(`/proc/${name}/comm`))
      return [{ pid: Number(name), runId, commandId, isMake }]
    }),
  )
  return found.flat()
}

const PATIENCE_MS = 2_000
const KILL_PATIENCE_MS = 15_000

/**
 * Ends the processes that `isLeftover` names: TERM (a make KILL), after two seconds KILL, and returns when all
 * are gone, those that started meanwhile included. Returns how many there were.
 * @throws FerryError TRANSIENT when one cannot be ended
 */
export async function endLeftovers(isLeftover: (one: TrackedProcess) => boolean): Promise<number> {
  const seen = new Set<number>()
  const begin = Date.now()
  for (;;) {
    const leftovers = (await findTrackedProcesses()).filter(isLeftover)
    const pids = leftovers.map(one => one.pid)
    if (pids.length === 0) return seen.size
    const spentMs = Date.now() - begin
    if (spentMs > KILL_PATIENCE_MS) {
      throw new FerryError(
        'TRANSIENT',
        `cannot end the process ${pids.join(', ')} of a run before`,
        {
          hint: `see what holds it: ps -o pid,stat,wchan,cmd -p ${pids.join(',')}`,
        },
      )
    }
    for (const { pid, isMake } of leftovers) {
      // A make that is asked to end removes targets whose commands have ended well just now.
      if (isMake || spentMs > PATIENCE_MS) sendSignal(pid, 'SIGKILL')
      else if (!seen.has(pid)) sendSignal(pid, 'SIGTERM')
      seen.add(pid)
    }
    await sleep(40)
  }
}

/** Sends a signal to a process (or, when negative, a group) that may have ended already. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if (systemErrorCode(error) !== 'ESRCH') throw error
  }
}

/** Of a file in /proc, whose process may go away or belong to somebody else: then empty. */
async function readProcFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'latin1')
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(systemErrorCode(error) ?? '')) return ''
    throw error
  }
}

function valueOf(environment: string, name: string): string | undefined {
  const at = environment.startsWith(`${name}=`) ? 0 : environment.indexOf(`\0${name}=`) + 1
  if (at === 0 && !environment.startsWith(`${name}=`)) return undefined
  const begin = at + name.length + 1
  const end = environment.indexOf('\0', begin)
  return environment.slice(begin, end === -1 ? undefined : end)
}

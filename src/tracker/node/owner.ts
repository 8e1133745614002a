import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { threadId } from 'node:worker_threads'

/** The owner of a lane that nobody has. */
export const FREE = 'free'
/** A lane of another machine, or of a container that is gone, that was not touched for so long. */
const SILENT_MS = 300_000
const HOST = hostname().replace(/[^A-Za-z0-9.-]/g, '_')

/** Files of lanes that this thread has. */
export const held = new Set<string>()

/** This thread of this process, as it stands in the names of its lanes. */
export function ownName(): string {
  return `${HOST}~${process.pid}~${startOf(process.pid) ?? ''}~${threadId}`
}

/** Whether the owner of the lane in the file `path` may still write to it. */
export function isAlive(path: string, owner: string, touchedMs: number): boolean {
  if (owner === FREE) return false
  if (owner === ownName()) return held.has(path)
  const [host, pid = '', start] = owner.split('~')
  if (host !== HOST) return Date.now() - touchedMs < SILENT_MS
  try {
    process.kill(Number(pid), 0)
  } catch (error) {
    return Object(error).code === 'EPERM'
  }
  const found = startOf(Number(pid))
  return found === undefined || found === start
}

/** When a process began, in ticks of its machine: numbers of processes are used again. */
function startOf(pid: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // Its second field, in parentheses, may hold anything.
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined // no Linux, or just gone
  }
}

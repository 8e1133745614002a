import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import * as z from 'zod'
import { jsonIfWhole } from '../../core/json-if-whole.ts'
import { readIfPresentNow } from '../../core/atomic-write.ts'
import { isProcessAlive } from '../../core/is-process-alive.ts'
import type { TrackedCommand } from '../../formats/command-record.ts'
import { holderPath } from './night-files.ts'

const holderSchema = z.object({ pid: z.int(), host: z.string(), date: z.string() })

/** The date of the night that a `ferry run` is at work on at this moment, if one is. */
export function nightAtWork(project: string): string | undefined {
  const text = readIfPresentNow(holderPath(project))
  const holder = holderSchema.safeParse(jsonIfWhole(text ?? '')).data
  if (holder === undefined) return undefined
  // Of another machine's process nothing can be known: what it says last, counts.
  if (holder.host !== hostname()) return holder.date
  return isProcessAlive(holder.pid) && isProgram(holder.pid, /node|ferry/) ? holder.date : undefined
}

/** Whether the tracking shell of a command without an END runs still. */
export function isCommandAlive({ begin }: TrackedCommand, isHeld: boolean): boolean {
  if (begin.host !== hostname()) return isHeld
  return isProcessAlive(begin.pid) && isProgram(begin.pid, /tracking-shell/)
}

/** Numbers of processes come back: one that is something else now is not ours. */
function isProgram(pid: number, name: RegExp): boolean {
  try {
    return name.test(readFileSync(`/proc/${pid}/cmdline`, 'latin1'))
  } catch {
    return false // gone meanwhile, or a system without /proc: it then counts as gone
  }
}

/** What the benchmarks of the pages print. */
import { readFileSync } from 'node:fs'
import type { RunningWeb } from '../../test/dashboard/support/pages-project.ts'

export { setTimeout as sleep } from 'node:timers/promises'

/** `median 12 ms, 95th percentile 30 ms, slowest 41 ms`. */
export function tell(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share: number): string =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(0)
  return `median ${at(0.5)} ms, 95th percentile ${at(0.95)} ms, slowest ${at(1)} ms`
}

export const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? 0

export const residentMb = (web: RunningWeb): number => memoryOf(web, 'VmRSS')

/** The most it ever was. */
export const peakMb = (web: RunningWeb): number => memoryOf(web, 'VmHWM')

function memoryOf({ pid }: RunningWeb, name: string): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1_000
}

/** Seconds of the processor so far. */
export function cpuSeconds({ pid }: RunningWeb): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

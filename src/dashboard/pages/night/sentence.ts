import { formatDuration } from '../../../core/units.ts'
import type { Night } from '../../nights/night.ts'
import { count, counted } from '../../show/numbers.ts'
import type { Freshness } from './freshness.ts'

/** The night in one sentence. */
export function sentenceOf(night: Night, freshness: Freshness | undefined, now: number): string {
  const { counts, wanted, date } = night
  if (night.commands.length === 0 && night.attempts.length === 0) {
    return `Night of ${date}: nothing was made`
  }
  const parts = [
    wanted === counts.done && wanted > 0
      ? `all ${counted(wanted, 'target')} done`
      : `${count(counts.done)} of ${counted(wanted, 'target')} done`,
  ]
  for (const state of ['failed', 'running', 'not reached', 'waiting'] as const) {
    if (counts[state] > 0) parts.push(`${count(counts[state])} ${state}`)
  }
  if (night.startedAt !== undefined) {
    parts.push(formatDuration((night.finishedAt ?? now) - night.startedAt))
  }
  return `Night of ${date}: ${parts.join(', ')}${tellFreshness(date, freshness)}`
}

function tellFreshness(date: string, freshness: Freshness | undefined): string {
  if (freshness === undefined) return ''
  const { current, sources } = freshness
  if (sources === 1)
    return `; data up to ${date} in ${current === 1 ? 'its one source' : 'no source'}`
  const share = current === sources ? `all ${sources}` : `${current} of ${sources}`
  return `; data up to ${date} in ${share} sources`
}

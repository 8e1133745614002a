import type { Night, NightTarget } from './night.ts'

/**
 * The chain of targets that the night's length came from: from the one that ended last back, each
 * time to what it needed that ended last. Names in the order in which they were made.
 */
export function criticalPath(night: Night): string[] {
  const ended = [...night.targets.values()].filter(one => endOf(one) !== undefined)
  let current = ended.filter(one => one.isWanted).reduce<NightTarget | undefined>(later, undefined)
  const path: string[] = []
  while (current !== undefined && path.length < 10_000) {
    path.push(current.name)
    const needs: NightTarget[] = current.needs.flatMap(name => night.targets.get(name) ?? [])
    current = needs
      .filter(one => endOf(one) !== undefined)
      .reduce<NightTarget | undefined>(later, undefined)
  }
  return path.reverse()
}

/** What was up to date already took no time tonight. */
const endOf = (target: NightTarget): number | undefined =>
  target.finishedAt ?? (target.state === 'running' ? Number.POSITIVE_INFINITY : undefined)

function later(a: NightTarget | undefined, b: NightTarget): NightTarget {
  return a === undefined || (endOf(b) ?? 0) > (endOf(a) ?? 0) ? b : a
}

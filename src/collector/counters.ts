import type { RefusalKind } from './refusal.ts'

/** Why a request was turned away without being read. */
export type BusyReason =
  | 'overloaded'
  | 'disk_full'
  | 'not_durable'
  | 'shutting_down'
  | 'replay_pending'

/**
 * What one worker counts. Of events: received = stored + duplicate + rejected + waiting, at every
 * moment. A body of which nobody can say how many events it has counts as one.
 */
export interface CounterSnapshot {
  readonly received: number
  /** On disk, and acknowledged. */
  readonly stored: number
  readonly duplicate: number
  /** By reason. */
  readonly rejected: Readonly<Record<string, number>>
  /** Read, and on their way to the disk. */
  readonly waiting: number
  /** Requests that were turned away before they were read, by reason. */
  readonly busy: Readonly<Record<string, number>>
  readonly requests: number
  readonly connections: number
  readonly dropped: number
  readonly deadLettersLost: number
}

export class Counters {
  received = 0
  stored = 0
  duplicate = 0
  requests = 0
  dropped = 0
  readonly rejected: Record<string, number> = {}
  readonly busy: Record<string, number> = {}

  reject(kind: RefusalKind | 'not_durable', events: number): void {
    this.rejected[kind] = (this.rejected[kind] ?? 0) + events
  }

  turnAway(reason: BusyReason): void {
    this.busy[reason] = (this.busy[reason] ?? 0) + 1
  }
}

/** The sum of all workers. */
export function sumCounters(snapshots: readonly CounterSnapshot[]): CounterSnapshot {
  const sum = (pick: (one: CounterSnapshot) => number): number =>
    snapshots.reduce((total, one) => total + pick(one), 0)
  const sumByName = (pick: (one: CounterSnapshot) => Readonly<Record<string, number>>) => {
    const total: Record<string, number> = {}
    for (const one of snapshots) {
      for (const [name, count] of Object.entries(pick(one))) {
        total[name] = (total[name] ?? 0) + count
      }
    }
    return total
  }
  return {
    received: sum(one => one.received),
    stored: sum(one => one.stored),
    duplicate: sum(one => one.duplicate),
    rejected: sumByName(one => one.rejected),
    waiting: sum(one => one.waiting),
    busy: sumByName(one => one.busy),
    requests: sum(one => one.requests),
    connections: sum(one => one.connections),
    dropped: sum(one => one.dropped),
    deadLettersLost: sum(one => one.deadLettersLost),
  }
}

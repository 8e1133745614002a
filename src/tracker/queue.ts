import type { About, Environment } from './api.ts'
import { md5hex } from './md5.ts'

/** The fields of the protocol's Payload (docs/collect.md), as JSON has them. */
export interface Payload {
  /** Seconds since 1970, by the clock of the device. */
  readonly at: number
  readonly event: string
  readonly [name: string]: unknown
}

/** An event as it was tracked, of which the session is not known yet. */
export interface Entry {
  readonly c: About & {
    readonly systemVersion: string
    readonly productVersion: string
    readonly env: Environment
  }
  readonly p: Payload
}

/** An event with its place in a session, as it is kept and sent. */
export interface Stored {
  /** All of the collection but its payloads. */
  readonly c: Entry['c'] & {
    readonly deviceId: string
    readonly clientId: string
    readonly session: string
  }
  readonly p: Payload & { readonly nr: number }
}

/** The oldest events of a queue, all of one collection. */
export interface Batch {
  readonly events: readonly Stored[]
  /** Removes the first `count` of them. */
  remove(count: number): Promise<void>
}

/** Keeps events until they are acknowledged. Both sides of it: queue.ts of `browser` and of `node`. */
export interface Queue {
  /**
   * Gives an event its number. Resolves when it is kept as well as it can be, and to undefined when
   * another tab took it over meanwhile. @throws QueueFull, or what the storage throws
   */
  add(entry: Entry): Promise<Stored | undefined>
  /** No events when the queue is empty. */
  peek(count: number): Promise<Batch>
  waiting(): Promise<number>
  isPersistent(): Promise<boolean>
  close(): Promise<void>
}

/** There was no room: the event is not kept, but its number is used, so that a gap tells of it. */
export class QueueFull extends Error {
  readonly nr: number

  constructor(nr: number) {
    super('full')
    this.nr = nr
  }
}

/** Who counts, and how far each of its sessions came. */
export interface Identity {
  readonly deviceId: string
  readonly clientId: string
  readonly numbers: Record<string, number>
}

/** Sessions whose last number is kept: an older version of the product may come back. */
const MAX_SESSIONS = 50
const ENVIRONMENTS: readonly Environment[] = [
  'PRODUCTION',
  'GENERAL_AVAILABILITY',
  'RELEASE_TO_MARKETING',
  'RELEASE_CANDIDATE',
  'BETA',
  'ALPHA',
  'WEEKLY',
  'NIGHTLY',
  'STAGING',
  'QUALITY_ASSURANCE',
  'TESTING',
  'DEVELOPMENT',
]

/** Gives an event its session and the next number in it, which counts as used from now on. */
export function stamp({ deviceId, clientId, numbers }: Identity, { c, p }: Entry): Stored {
  const env = ENVIRONMENTS.indexOf(c.env)
  const parts = [deviceId, clientId, c.systemVersion, c.productVersion, env]
  const session = md5hex(new TextEncoder().encode(parts.join(':')))
  const nr = (numbers[session] ?? 0) + 1
  setNumber(numbers, session, nr)
  return { c: { deviceId, clientId, session, ...c }, p: { nr, ...p } }
}

/** The session that was used last stands last. */
export function setNumber(numbers: Record<string, number>, session: string, nr: number): void {
  delete numbers[session]
  numbers[session] = nr
  const [oldest = '', ...others] = Object.keys(numbers)
  if (others.length >= MAX_SESSIONS) delete numbers[oldest]
}

/** The first of `events`, up to one of another collection. */
export function ofOneCollection(events: readonly Stored[]): readonly Stored[] {
  const first = JSON.stringify(events[0]?.c)
  const end = events.findIndex(one => JSON.stringify(one.c) !== first)
  return end < 0 ? events : events.slice(0, end)
}

import type { RefusalKind } from './refusal.ts'
import { type TrackingType, TYPES } from './tracking-api-decoder.ts'

/** A way in for events: which protocol is spoken there. */
export type Door =
  | { readonly kind: 'track' }
  | { readonly kind: 'events' }
  | { readonly kind: 'tracking'; readonly type: TrackingType | 'batch' }

const TRACK: Door = { kind: 'track' }
/** Segment's, and where Jitsu's libraries send the same: those of pages, and those of servers. */
const TRACKING = ['/v1/', '/api/s/', '/api/s/s2s/']
const TRACKING_TYPES = [...TYPES, 'batch'] as const
const BY_PATH = new Map<string, Door>([
  ['/api/v1/track', TRACK],
  ['/api/v1/events', { kind: 'events' }],
  ...TRACKING.flatMap(folder =>
    TRACKING_TYPES.map((type): [string, Door] => [`${folder}${type}`, { kind: 'tracking', type }]),
  ),
])

/** What Hamustro answered, on which its clients depend. */
const TRACK_STATUS: Partial<Record<RefusalKind, number>> = {
  signature: 405,
  body_too_large: 413,
  rows_too_large: 413,
}
const STATUS: Partial<Record<RefusalKind, number>> = {
  signature: 401,
  write_key: 401,
  content_type: 415,
  encoding: 415,
  body_too_large: 413,
  rows_too_large: 413,
}

export const DOORS = {
  at(path: string): Door | undefined {
    return BY_PATH.get(path)
  },
  statusOf(door: Door, kind: RefusalKind): number {
    return (door.kind === 'track' ? TRACK_STATUS : STATUS)[kind] ?? 400
  },
}

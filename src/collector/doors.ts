import type { RefusalKind } from './refusal.ts'
import type { TrackingType } from './tracking-api-decoder.ts'

/** A way in for events: which protocol is spoken there. */
export type Door =
  | { readonly kind: 'track' }
  | { readonly kind: 'events' }
  | { readonly kind: 'tracking'; readonly type: TrackingType | 'batch' }

const TRACK: Door = { kind: 'track' }
const BY_PATH = new Map<string, Door>([
  ['/api/v1/track', TRACK],
  ['/api/v1/events', { kind: 'events' }],
  ['/v1/identify', { kind: 'tracking', type: 'identify' }],
  ['/v1/track', { kind: 'tracking', type: 'track' }],
  ['/v1/page', { kind: 'tracking', type: 'page' }],
  ['/v1/screen', { kind: 'tracking', type: 'screen' }],
  ['/v1/group', { kind: 'tracking', type: 'group' }],
  ['/v1/alias', { kind: 'tracking', type: 'alias' }],
  ['/v1/batch', { kind: 'tracking', type: 'batch' }],
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

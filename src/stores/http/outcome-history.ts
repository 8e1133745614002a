import { type ErrorCode, FerryError } from '../../core/errors.ts'
import type { RequestHistory } from '../../clouds/http/request-history.ts'
import type { ObjectInfo } from '../store.ts'

/**
 * Notes that completing an upload found none. Nothing but this request takes an upload away that
 * nobody gave up: what is between us and the service may have sent it twice.
 */
export function noteGoneUpload(history: RequestHistory, error: unknown): void {
  if (error instanceof FerryError && error.code === 'OBJECT_NOT_FOUND') {
    history.isOutcomeUnknown = true
  }
}

/** What a request ends in when an earlier attempt of it has done the work. */
const AFTER_OUR_OWN = new Set<ErrorCode>(['PRECONDITION_FAILED', 'OBJECT_NOT_FOUND', 'BUSY'])

/**
 * After a conditional request that failed: an attempt before may have done it, its answer lost, and
 * the condition then speaks of our own object. Returns what is there if `isOurs` knows it, or throws
 * the error.
 */
export async function reconcile(
  failure: unknown,
  history: RequestHistory,
  found: {
    readonly stat: () => Promise<ObjectInfo>
    readonly isOurs: (info: ObjectInfo) => boolean
  },
): Promise<ObjectInfo> {
  const mayBeOurs =
    history.isOutcomeUnknown && failure instanceof FerryError && AFTER_OUR_OWN.has(failure.code)
  if (!mayBeOurs) throw failure
  const info = await found.stat().catch((other: unknown) => {
    if (other instanceof FerryError && other.code === 'OBJECT_NOT_FOUND') throw failure
    throw other
  })
  if (!found.isOurs(info)) throw failure
  return info
}

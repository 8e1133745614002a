import { failedRemoval } from '../../http/failed-removal.ts'
import type { RemoveOutcome } from '../../store.ts'

const OF_ONE_KEY = new Set(['PRECONDITION_FAILED', 'BUSY', 'KEY_INVALID'])
const DENIED_FOR_ONE = new Set(['BlobImmutableDueToPolicy', 'AuthorizationPermissionMismatch'])

/** Of an object that was not removed. @throws what is not about this object alone */
export function outcomeOf(key: string, failure: unknown): RemoveOutcome {
  return failedRemoval(key, failure, ({ code, details }) => {
    const isDenied = code === 'DENIED' && DENIED_FOR_ONE.has(String(details['serviceCode']))
    return OF_ONE_KEY.has(code) || isDenied
  })
}

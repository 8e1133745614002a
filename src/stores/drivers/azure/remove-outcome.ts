import { FerryError } from '../../../core/errors.ts'
import type { RemoveOutcome } from '../../store.ts'

const OF_ONE_KEY = new Set(['PRECONDITION_FAILED', 'BUSY', 'KEY_INVALID'])
const DENIED_FOR_ONE = new Set(['BlobImmutableDueToPolicy', 'AuthorizationPermissionMismatch'])

/** What is wrong with one object, rather than with the container, the credentials or the service. */
export function outcomeOf(key: string, error: unknown): RemoveOutcome {
  if (!(error instanceof FerryError)) throw error
  const { code, details } = error
  if (code === 'OBJECT_NOT_FOUND') return { key, removed: true }
  const isDenied = code === 'DENIED' && DENIED_FOR_ONE.has(String(details['serviceCode']))
  if (OF_ONE_KEY.has(code) || isDenied) return { key, removed: false, error }
  throw error
}

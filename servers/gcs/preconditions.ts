import { ApiError } from './call.ts'
import type { StoredObject } from './memory.ts'

type Parameters = { get(name: string): string | null }

/**
 * "Request preconditions" of Cloud Storage: a generation of 0 is that of an object which is not
 * there. @throws ApiError 412, and 304 for a read that wants another generation
 */
export function checkPreconditions(
  query: Parameters,
  object: StoredObject | undefined,
  names: { readonly prefix: 'if' | 'ifSource'; readonly isRead: boolean },
): void {
  const { prefix, isRead } = names
  const generation = object?.generation ?? 0
  const metageneration = object?.metageneration ?? 0
  const wanted = (name: string): string | null => query.get(`${prefix}${name}`)
  const isMissed =
    differs(wanted('GenerationMatch'), generation) ||
    differs(wanted('MetagenerationMatch'), metageneration)
  if (isMissed) throw conditionNotMet()
  const isUnwanted =
    equals(wanted('GenerationNotMatch'), generation) ||
    equals(wanted('MetagenerationNotMatch'), metageneration)
  if (isUnwanted) throw isRead ? new ApiError(304, 'notModified', '') : conditionNotMet()
}

export function conditionNotMet(): ApiError {
  const message = 'At least one of the pre-conditions you specified did not hold.'
  return new ApiError(412, 'conditionNotMet', message)
}

function differs(wanted: string | null, actual: number): boolean {
  return wanted !== null && wanted !== String(actual)
}

function equals(wanted: string | null, actual: number): boolean {
  return wanted !== null && wanted === String(actual)
}

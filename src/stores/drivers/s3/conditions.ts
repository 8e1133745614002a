import { FerryError } from '../../../core/errors.ts'
import type { ObjectInfo, PutOptions } from '../../store.ts'
import { subjectName } from './errors.ts'
import { type ObjectSubject, quotedEtag } from './info.ts'

type Condition = PutOptions['condition']

export function conditionHeaders(condition: Condition): Record<string, string> {
  if (condition === undefined) return {}
  if (condition === 'absent') return { 'if-none-match': '*' }
  return { 'if-match': quotedEtag(condition.etag) }
}

/**
 * Checks a condition by a look before the request that carries it. Amazon does it itself, and
 * atomically; other services may pass over the header, and then would write whatever is there. What
 * remains for those is the moment between the look and the request.
 */
export async function assertCondition(
  subject: ObjectSubject,
  condition: Condition,
  stat: () => Promise<ObjectInfo>,
): Promise<void> {
  if (condition === undefined) return
  const found = await stat().catch((error: unknown) => {
    if (error instanceof FerryError && error.code === 'OBJECT_NOT_FOUND') return undefined
    throw error
  })
  const wanted = condition === 'absent' ? undefined : condition.etag
  if (found?.etag !== wanted) throw preconditionFailed(subject, condition)
}

export function preconditionFailed(
  subject: ObjectSubject,
  condition: Condition,
  cause?: unknown,
): FerryError {
  const what = condition === 'absent' ? 'exists already' : 'is no longer the one that was seen'
  return new FerryError('PRECONDITION_FAILED', `\`${subjectName(subject)}\` ${what}`, {
    cause,
    details: { key: subject.key },
  })
}

import { FerryError } from '../../../core/errors.ts'
import type { ObjectInfo, PutOptions } from '../../store.ts'
import { conditionFailure, meetsCondition } from '../../http/condition.ts'
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
  if (!(await meetsCondition(condition, stat))) throw preconditionFailed(subject, condition)
}

export function preconditionFailed(
  subject: ObjectSubject,
  condition: Condition,
  cause?: unknown,
): FerryError {
  const name = subjectName(subject)
  return conditionFailure({ name, key: subject.key }, condition, cause)
}

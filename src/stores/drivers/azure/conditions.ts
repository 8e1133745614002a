import { FerryError } from '../../../core/errors.ts'
import type { PutOptions } from '../../store.ts'
import { conditionFailure } from '../../http/condition.ts'
import { subjectName } from './errors.ts'
import { type BlobSubject, quotedEtag } from './info.ts'

type Condition = PutOptions['condition']

export function conditionHeaders(condition: Condition): Record<string, string> {
  if (condition === undefined) return {}
  if (condition === 'absent') return { 'if-none-match': '*' }
  return { 'if-match': quotedEtag(condition.etag) }
}

const OF_THE_TARGET = new Set(['ConditionNotMet', 'TargetConditionNotMet', 'BlobAlreadyExists', ''])

/** What a failed condition says in terms of who asked; any other error as it is. */
export function asCondition(error: unknown, subject: BlobSubject, condition: Condition): unknown {
  if (!(error instanceof FerryError) || condition === undefined) return error
  const code = error.details['serviceCode'] ?? ''
  const isCondition =
    error.code === 'PRECONDITION_FAILED' && typeof code === 'string' && OF_THE_TARGET.has(code)
  // An object that was to be replaced and is gone is no longer the one that was seen.
  const isGone = error.code === 'OBJECT_NOT_FOUND' && condition !== 'absent'
  if (!isCondition && !isGone) return error
  const name = subjectName(subject)
  return conditionFailure({ name, key: subject.key }, condition, error)
}

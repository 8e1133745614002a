import { FerryError } from '../../../core/errors.ts'
import type { PutOptions } from '../../store.ts'
import type { Query } from '../../http/escape-key.ts'
import { conditionWords } from '../../http/condition.ts'
import { subjectName } from './errors.ts'
import type { ObjectSubject } from './info.ts'

type Condition = PutOptions['condition']

/** A generation of 0 is that of what is not there. @throws FerryError PRECONDITION_FAILED */
export function conditionQuery(condition: Condition, subject: ObjectSubject): Query {
  if (condition === undefined) return {}
  if (condition === 'absent') return { ifGenerationMatch: '0' }
  if (!/^\d+$/.test(condition.etag)) throw preconditionFailed(subject, condition)
  return { ifGenerationMatch: condition.etag }
}

/**
 * `assertCondition` looks, for an upload that was begun without a condition and goes straight to its
 * place. What remains is the moment between the look and the object.
 */
export const { assertCondition, preconditionFailed } = conditionWords<ObjectSubject>(subjectName)

/** A condition that was not met, in the words of who set it. */
export function asCondition(error: unknown, subject: ObjectSubject, condition: Condition): unknown {
  const isUnmet =
    error instanceof FerryError && error.code === 'PRECONDITION_FAILED' && condition !== undefined
  return isUnmet ? preconditionFailed(subject, condition, error) : error
}

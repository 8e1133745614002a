import { FerryError } from '../../core/errors.ts'
import type { ObjectInfo, PutOptions } from '../store.ts'

type Condition = PutOptions['condition']

/** Conditions in the words of a driver. */
export interface ConditionWords<Subject> {
  /** By a look at the object. @throws FerryError PRECONDITION_FAILED */
  assertCondition(
    this: void,
    subject: Subject,
    condition: Condition,
    stat: () => Promise<ObjectInfo>,
  ): Promise<void>
  preconditionFailed(
    this: void,
    subject: Subject,
    condition: Condition,
    cause?: unknown,
  ): FerryError
}

export function conditionWords<Subject extends { readonly key: string }>(
  nameOf: (subject: Subject) => string,
): ConditionWords<Subject> {
  const failure = (subject: Subject, condition: Condition, cause?: unknown): FerryError =>
    conditionFailure({ name: nameOf(subject), key: subject.key }, condition, cause)
  return {
    async assertCondition(subject, condition, stat) {
      if (!(await meetsCondition(condition, stat))) throw failure(subject, condition)
    },
    preconditionFailed: failure,
  }
}

/** Whether a condition is met now, by a look at the object. */
async function meetsCondition(
  condition: Condition,
  stat: () => Promise<ObjectInfo>,
): Promise<boolean> {
  if (condition === undefined) return true
  const found = await stat().catch((error: unknown) => {
    if (error instanceof FerryError && error.code === 'OBJECT_NOT_FOUND') return undefined
    throw error
  })
  return found?.etag === (condition === 'absent' ? undefined : condition.etag)
}

/** A condition that was not met, in the words of who set it. */
export function conditionFailure(
  subject: { readonly name: string; readonly key: string },
  condition: Condition,
  cause?: unknown,
): FerryError {
  const what = condition === 'absent' ? 'exists already' : 'is no longer the one that was seen'
  return new FerryError('PRECONDITION_FAILED', `\`${subject.name}\` ${what}`, {
    cause,
    details: { key: subject.key },
  })
}

import { FerryError } from '../../core/errors.ts'
import type { ObjectInfo, PutOptions } from '../store.ts'

type Condition = PutOptions['condition']

/** Whether a condition is met now, by a look at the object. */
export async function meetsCondition(
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

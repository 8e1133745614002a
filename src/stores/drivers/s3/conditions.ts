import type { PutOptions } from '../../store.ts'
import { conditionWords } from '../../http/condition.ts'
import { subjectName } from './errors.ts'
import { type ObjectSubject, quotedEtag } from './info.ts'

type Condition = PutOptions['condition']

export function conditionHeaders(condition: Condition): Record<string, string> {
  if (condition === undefined) return {}
  if (condition === 'absent') return { 'if-none-match': '*' }
  return { 'if-match': quotedEtag(condition.etag) }
}

/**
 * `assertCondition` looks before a request that carries the condition. Amazon does it itself, and
 * atomically; other services may pass over the header, and then would write whatever is there. What
 * remains for those is the moment between the look and the request.
 */
export const { assertCondition, preconditionFailed } = conditionWords<ObjectSubject>(subjectName)

import { FerryError } from '../core/errors.ts'
import type { SqlLexicon } from './dialect.ts'
import { cutStatements, type Statement } from './statements.ts'

/**
 * The one statement of a text, or undefined when there is none. A session takes one statement at a
 * time. @throws FerryError SQL_INVALID when there are more
 */
export function onlyStatement(text: string, lexicon: SqlLexicon): Statement | undefined {
  const [first, second] = cutStatements(text, lexicon)
  if (second === undefined) return first
  throw new FerryError('SQL_INVALID', 'more than one statement where one is expected', {
    hint: 'run them one by one, or remove all but one',
    details: { position: second.offset },
  })
}

import { FerryError } from '../../core/errors.ts'
import type { AskGuard } from '../asking.ts'
import { onlyStatement } from '../only-statement.ts'
import { sql } from './sql.ts'

/** A transaction cannot be made writable again by a statement in it, once it has read something. */
export const asking: AskGuard = {
  async prepare(session, statement) {
    const only = onlyStatement(statement, sql.lexicon)
    if (only === undefined) throw new FerryError('SQL_INVALID', 'there is no statement')
    if (!/^(select|with|table|values|explain|show)\b/i.test(only.text.trimStart())) {
      throw new FerryError('DENIED', 'only queries are let through here', {
        hint: 'begin with SELECT or WITH',
      })
    }
    await session.execute('BEGIN READ ONLY')
    await session.execute('SELECT 1')
  },
}

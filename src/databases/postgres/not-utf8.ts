import { FerryError } from '../../core/errors.ts'
import type { Session } from '../dialect.ts'
import type { RowsQuery } from '../source.ts'
import { selectOf } from './select-rows.ts'
import { sql } from './sql.ts'

/** The server checks what a database with the encoding SQL_ASCII holds before it sends it as UTF-8. */
export const NOT_UTF8 = '22021'

/**
 * The columns in which there is text that is not UTF-8, when a reading of these rows has failed by it:
 * the server does not tell which. Each column is read once more, inside the server. Ends the session's
 * transaction, which has failed; where rows have changed since then, a column may not be found.
 */
export async function columnsThatAreNotUtf8(
  session: Session,
  query: RowsQuery,
): Promise<readonly string[]> {
  const found: string[] = []
  try {
    await session.execute('ROLLBACK')
    for (const column of query.columns) {
      const bytes = `convert_to(${sql.identifier(column)}::text, 'SQL_ASCII')`
      const check = selectOf(query, [`count(convert_from(${bytes}, 'UTF8'))`])
      if (await isRefused(session, check)) found.push(column)
    }
  } catch (error) {
    // The connection is lost, or it took too long: what is known is told.
    if (!(error instanceof FerryError) || error.code === 'INTERRUPTED') throw error
  }
  return found
}

async function isRefused(session: Session, check: string): Promise<boolean> {
  try {
    await session.execute(check)
    return false
  } catch (error) {
    if (error instanceof FerryError && error.details['sqlstate'] === NOT_UTF8) return true
    throw error
  }
}

/** `columns` may be empty, where they could not be found out. */
export function notUtf8(
  failure: FerryError,
  table: string,
  columns: readonly string[],
): FerryError {
  const names = columns.map(column => `\`${column}\``).join(', ')
  const place = names === '' ? `\`${table}\` holds` : `${names} of \`${table}\` holds`
  return new FerryError(
    'DATA_INVALID',
    `${place} text that is not UTF-8, which its database (SQL_ASCII) never checked: ${failure.message}`,
    {
      cause: failure,
      hint: 'leave the column out with `columns`, or cast it to bytea in a view',
      details: columns.length === 0 ? {} : { column: columns.join(', ') },
    },
  )
}

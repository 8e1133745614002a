import type { Session } from './dialect.ts'

/**
 * How somebody who may only look is let ask: nothing that a statement does may change the database, or
 * read what is not in it. Undefined for engines that cannot promise it.
 */
export interface AskGuard {
  /**
   * Makes the session safe for one query, and refuses a statement that does more than look.
   * @throws FerryError DENIED (it would change something, or read a file), SQL_INVALID
   */
  prepare(session: Session, statement: string): Promise<void>
}

import type { Session } from '../databases/dialect.ts'

/** Runs `work` in a transaction of the session: all of it, or nothing. */
export async function inTransaction<Result>(
  session: Session,
  work: () => Promise<Result>,
): Promise<Result> {
  await session.execute('BEGIN')
  try {
    const result = await work()
    await session.execute('COMMIT')
    return result
  } catch (error) {
    // A session that is gone takes its transaction along; the first error is the one to tell.
    await session.execute('ROLLBACK').catch(() => {})
    throw error
  }
}

export async function executeAll(session: Session, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await session.execute(statement)
}

import type { Row, Session } from './dialect.ts'

/** All rows of a query whose result is known to be small: a catalogue, a count. */
export async function readAll(session: Session, statement: string): Promise<readonly Row[]> {
  const rows: Row[] = []
  for await (const batch of (await session.query(statement)).batches) rows.push(...batch)
  return rows
}

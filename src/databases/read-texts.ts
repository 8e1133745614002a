import { type Field, parseCsv } from '../formats/csv.ts'
import type { Session } from './dialect.ts'

/**
 * Streams a query's rows as texts, in batches. By the way of files: PostgreSQL runs what a cursor
 * reads on one core, and what COPY reads on as many as it likes.
 */
export async function* readTexts(
  session: Session,
  statement: string,
): AsyncGenerator<readonly (readonly Field[])[], void> {
  let isHeader = true
  const { bytes } = await session.export(statement, 'csv')
  for await (const rows of parseCsv(bytes)) {
    yield isHeader ? rows.slice(1) : rows
    isHeader = false
  }
}

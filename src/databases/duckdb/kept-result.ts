import type { DuckDBConnection, DuckDBResult } from '@duckdb/node-api'
import type { TypedColumn } from './copy-query.ts'
import { sql } from './sql.ts'

const TABLE = 'ferry_kept_result'

/** A result in a temporary table, which is dropped at the end. */
export interface KeptResult extends AsyncDisposable {
  readonly columns: readonly TypedColumn[]
  readonly query: string
}

/**
 * Keeps the rows of a statement that COPY does not take, so that COPY writes them all the same: one
 * way to write a value, and so no difference between two.
 */
export async function keptResult(
  connection: DuckDBConnection,
  result: DuckDBResult,
): Promise<KeptResult> {
  const columns = result
    .columnNames()
    .map((name, index) => ({ name, type: result.columnType(index) }))
  const definitions = columns.map(({ type }, index) => `c${index} ${String(type)}`)
  await connection.run(`CREATE OR REPLACE TEMP TABLE ${TABLE} (${definitions.join(', ')})`)
  const appender = await connection.createAppender(TABLE, 'main', 'temp')
  for await (const chunk of result) appender.appendDataChunk(chunk)
  appender.closeSync()
  const names = columns.map(({ name }, index) => `c${index} AS ${sql.identifier(name)}`)
  return {
    columns,
    query: `SELECT ${names.join(', ')} FROM temp.main.${TABLE}`,
    async [Symbol.asyncDispose]() {
      // In a transaction that has failed nothing can be dropped: its end takes the table away.
      await connection.run(`DROP TABLE IF EXISTS temp.main.${TABLE}`).catch(() => {})
    },
  }
}

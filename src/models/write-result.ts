import { join } from 'node:path'
import { openAtomicOutput } from '../core/atomic-output.ts'
import type { ExportFormat } from '../databases/dialect.ts'
import type { ModelRun, Published } from './model-run.ts'
import { resultFile } from './receipt.ts'
import { executeAll, inTransaction } from './transaction.ts'

/**
 * Writes the published rows to the night's result file, whole or not at all. Their order is that of
 * `order_by`; without it that of the query for a table and a view, and that of the key for an
 * incremental model. Returns the file's path relative to the project.
 */
export async function writeResult(
  run: ModelRun,
  { query }: Published,
  { directory, format }: { readonly directory: string; readonly format: ExportFormat },
): Promise<{ file: string; rows: number | null }> {
  const file = resultFile(run.date, run.model.name, format)
  const output = await openAtomicOutput(join(directory, file))
  try {
    const rows = await inTransaction(run.session, async () => {
      await executeAll(run.session, run.dialect.sql.readInStoredOrder)
      const result = await run.session.export(resultQuery(run, query.text), format)
      for await (const bytes of result.bytes) await output.write(bytes)
      return result.rows()
    })
    await output.commit()
    return { file, rows }
  } catch (error) {
    await output.discard()
    throw error
  }
}

function resultQuery({ model, dialect, live }: ModelRun, query: string): string {
  const { materialize, order_by, key } = model.header
  const all = `SELECT * FROM ${dialect.sql.relation(live)}`
  if (order_by !== undefined) return `${all} ORDER BY ${order_by}`
  if (materialize === 'view') return query
  if (materialize !== 'incremental' || key === undefined) return all
  return `${all} ORDER BY ${key.map(name => dialect.sql.identifier(name)).join(', ')}`
}

import { parseDurationMs } from '../core/units.ts'
import { readAll } from '../databases/read-all.ts'
import { fitColumns } from './fit-columns.ts'
import type { ModelRun, Published } from './model-run.ts'
import { publishTable } from './publish-table.ts'
import { refuseRepeatedKeys } from './row-keys.ts'
import { refuseFailedChecks, runChecks } from './run-checks.ts'
import { inTransaction } from './transaction.ts'

const DELTA = '__ferry_delta'

/**
 * Publishes what changed: rows of the query whose `updated_at` is not before the newest one that is
 * published (less the lookback), and rows without one, take the place of those with their key. Equal
 * stamps are taken again, as a row may have come late with the stamp that was the newest. The checks
 * see all rows, in the transaction; when one fails it is rolled back. The first time, with --full and
 * in the place of a view, it is published as a table. Running it again changes nothing.
 * @throws FerryError CHECK_FAILED, DATA_INVALID (a key twice), MODEL_INVALID (columns changed)
 */
export async function publishIncremental(run: ModelRun): Promise<Published> {
  if (run.was !== 'table' || run.isFull) return publishTable(run)
  const { model, dialect, session, live } = run
  const { sql } = dialect
  const since = await newestOf(run)
  const query = await run.render(since)
  const updatedAt = sql.identifier(model.header.updated_at ?? '')
  const type = (await dialect.introspect.columns(session, live))?.find(
    column => column.name === model.header.updated_at,
  )?.type
  const limit = since === null ? undefined : `CAST(${sql.literal(since)} AS ${type ?? 'VARCHAR'})`
  const changed =
    limit === undefined ? '' : `\nWHERE ${updatedAt} >= ${limit} OR ${updatedAt} IS NULL`
  const lead = sql.createTemporaryTableAs(DELTA, 'SELECT * FROM (')
  await session
    .execute(`${lead}${query.text}\n) AS ferry_model${changed}`)
    .catch((error: unknown) => {
      throw query.locate(error, lead.length)
    })
  const delta = sql.identifier(DELTA)
  await refuseRepeatedKeys(run, delta)
  return inTransaction(session, async () => {
    const columns = await fitColumns(run, { name: DELTA })
    const names = columns.map(column => sql.identifier(column.name)).join(', ')
    const target = sql.relation(live)
    const sameKey = (model.header.key ?? [])
      .map(name => `${delta}.${sql.identifier(name)} = ${target}.${sql.identifier(name)}`)
      .join(' AND ')
    await session.execute(
      `DELETE FROM ${target} WHERE EXISTS (SELECT 1 FROM ${delta} WHERE ${sameKey})`,
    )
    const { rowsAffected } = await session.execute(
      `INSERT INTO ${target} (${names}) SELECT ${names} FROM ${delta}`,
    )
    const { rows, results } = await runChecks(model.header.checks, run.checked(target), session)
    refuseFailedChecks(model.name, results)
    const note = `${rowsAffected ?? 'some'} rows merged${since === null ? '' : ` since ${since}`}`
    return { rows, columns, checks: results, note, query }
  })
}

/** The newest `updated_at` that is published, less the lookback, as the engine writes it. */
async function newestOf({ model, dialect, session, live }: ModelRun): Promise<string | null> {
  const { updated_at = '', lookback } = model.header
  const columns = (await dialect.introspect.columns(session, live)) ?? []
  const type = columns.find(column => column.name === updated_at)?.type
  if (type === undefined) return null
  const newest = `max(${dialect.sql.identifier(updated_at)})`
  const from = dialect.sql.relation(live)
  const rows = await readAll(
    session,
    `SELECT CAST(CAST(${lookBack(newest, lookback, dialect)} AS ${type}) AS VARCHAR) FROM ${from}`,
  )
  const value = rows[0]?.[0] ?? null
  return value === null ? null : String(value)
}

function lookBack(
  newest: string,
  lookback: string | number | undefined,
  { sql }: ModelRun['dialect'],
): string {
  if (lookback === undefined) return newest
  if (typeof lookback === 'number') return `${newest} - ${lookback}`
  return sql.minusSeconds(newest, Math.ceil((parseDurationMs(lookback) ?? 0) / 1_000))
}

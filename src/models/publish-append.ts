import { FerryError } from '../core/errors.ts'
import type { Column } from '../databases/dialect.ts'
import { fitColumns } from './fit-columns.ts'
import { ensureLedger, forgetOtherNights, readLedger, writeLedger } from './ledger.ts'
import type { ModelQuery, ModelRun, Published } from './model-run.ts'
import { refuseFailedChecks, runChecks } from './run-checks.ts'
import { inTransaction } from './transaction.ts'

const DELTA = '__ferry_delta'
/** The night that appended a row: with it a night's rows can be replaced, exactly. */
const NIGHT_COLUMN = '_ferry_date'

/**
 * Appends the night's rows, once a night: the rows and the night's line in the ledger are one
 * transaction, so neither a kill nor another run appends twice. A night that is in the ledger is
 * left alone; when forced, its rows are replaced. The checks see all rows of all nights.
 * @throws FerryError CHECK_FAILED, MODEL_INVALID (columns changed), SQL_INVALID
 */
export async function publishAppend(run: ModelRun): Promise<Published> {
  const { model, dialect, session, live, was } = run
  if (was === 'view') {
    const hint = `drop it first: DROP VIEW ${dialect.sql.relation(live)}`
    const message = `\`${model.name}\` is a view, to which nothing can be appended`
    throw new FerryError('MODEL_INVALID', `${model.file}: ${message}`, { hint })
  }
  await ensureLedger(run)
  const inLedger = await readLedger(run)
  // A table that was dropped has lost what its ledger says.
  const noted = was === undefined ? undefined : inLedger
  const query = await run.render(null)
  const target = dialect.sql.relation(live)
  if (noted !== undefined && !run.isForced) {
    const { rows, results } = await runChecks(model.header.checks, run.checked(target), session)
    refuseFailedChecks(model.name, results)
    const columns = (await dialect.introspect.columns(session, live)) ?? []
    const note = `${run.date} is appended already (${noted} rows); --force replaces them`
    return { rows, columns, checks: results, note, query }
  }
  await collectRows(run, query)
  return inTransaction(session, async () => {
    const { columns, appended } = await append(run)
    if (was === undefined) await forgetOtherNights(run)
    await writeLedger(run, appended, inLedger !== undefined)
    const { rows, results } = await runChecks(model.header.checks, run.checked(target), session)
    refuseFailedChecks(model.name, results)
    const note = `${appended} rows ${noted === undefined ? 'appended' : `in place of ${noted}`}`
    return { rows, columns, checks: results, note, query }
  })
}

async function collectRows({ dialect, session, date }: ModelRun, query: ModelQuery): Promise<void> {
  const night = `DATE '${date}' AS ${dialect.sql.identifier(NIGHT_COLUMN)}`
  const lead = dialect.sql.createTemporaryTableAs(DELTA, `SELECT ferry_model.*, ${night} FROM (`)
  await session.execute(`${lead}${query.text}\n) AS ferry_model`).catch((error: unknown) => {
    throw query.locate(error, lead.length)
  })
}

async function append(run: ModelRun): Promise<{ columns: readonly Column[]; appended: number }> {
  const { dialect, session, live, was, date } = run
  const { sql } = dialect
  const target = sql.relation(live)
  const delta = sql.identifier(DELTA)
  if (was === undefined) {
    await session.execute(sql.createTableAs(live, `SELECT * FROM ${delta} WHERE 1 = 0`))
  }
  const columns = await fitColumns(run, { name: DELTA })
  const names = columns.map(column => sql.identifier(column.name)).join(', ')
  await session.execute(
    `DELETE FROM ${target} WHERE ${sql.identifier(NIGHT_COLUMN)} = DATE '${date}'`,
  )
  const { rowsAffected } = await session.execute(
    `INSERT INTO ${target} (${names}) SELECT ${names} FROM ${delta}`,
  )
  return { columns, appended: rowsAffected ?? 0 }
}

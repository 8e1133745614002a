import { FerryError } from '../core/errors.ts'
import type { Relation } from '../databases/dialect.ts'
import { readAll } from '../databases/read-all.ts'
import type { ModelRun } from './model-run.ts'

/** What was appended to which relation on which night; written in the rows' own transaction. */
const LEDGER: Relation = { schema: '_ferry', name: 'ledger' }

const CREATE_TRIES = 5

/** Makes the ledger when the warehouse has none. Several may do so at once. */
export async function ensureLedger({ session, dialect }: ModelRun): Promise<void> {
  const { sql, introspect } = dialect
  for (let tries = 1; (await introspect.kind(session, LEDGER)) === undefined; tries += 1) {
    try {
      await session.execute(sql.createSchema('_ferry'))
      await session.execute(
        `CREATE TABLE IF NOT EXISTS ${sql.relation(LEDGER)} (relation VARCHAR(200) NOT NULL,
          night DATE NOT NULL, appended_rows BIGINT NOT NULL, PRIMARY KEY (relation, night))`,
      )
    } catch (error) {
      // Another process was first: PostgreSQL and DuckDB both report that as a conflict.
      if (!(error instanceof FerryError) || tries === CREATE_TRIES) throw error
    }
  }
}

/** How many rows the night appended, or undefined when it did not. */
export async function readLedger(run: ModelRun): Promise<number | undefined> {
  const { session, dialect } = run
  const rows = await readAll(
    session,
    `SELECT appended_rows FROM ${dialect.sql.relation(LEDGER)} WHERE ${thisNight(run)}`,
  )
  return rows[0] === undefined ? undefined : Number(rows[0][0])
}

/** Notes the night, in the caller's transaction. A night is noted once: a second one conflicts. */
export async function writeLedger(run: ModelRun, rows: number, isNoted: boolean): Promise<void> {
  const { session, dialect, live, date } = run
  const { sql } = dialect
  const ledger = sql.relation(LEDGER)
  await session.execute(
    isNoted
      ? `UPDATE ${ledger} SET appended_rows = ${rows} WHERE ${thisNight(run)}`
      : `INSERT INTO ${ledger} VALUES (${sql.literal(sql.relation(live))}, DATE '${date}', ${rows})`,
  )
}

/** Forgets the other nights of a relation that was not there any more, in the caller's transaction. */
export async function forgetOtherNights({ session, dialect, live, date }: ModelRun): Promise<void> {
  const { sql } = dialect
  const name = sql.literal(sql.relation(live))
  await session.execute(
    `DELETE FROM ${sql.relation(LEDGER)} WHERE relation = ${name} AND night <> DATE '${date}'`,
  )
}

function thisNight({ dialect, live, date }: ModelRun): string {
  const name = dialect.sql.literal(dialect.sql.relation(live))
  return `relation = ${name} AND night = DATE '${date}'`
}

import { FerryError } from '../core/errors.ts'
import type { Engine } from '../databases/engine.ts'
import type { Session } from '../databases/dialect.ts'
import { findInLedger, forgetTable, LEDGER, newestInLedger } from '../databases/ledger.ts'
import type { LedgerRow, LoadWriter } from '../databases/loading.ts'
import { readAll } from '../databases/read-all.ts'

const CREATE_TRIES = 5

/** Makes the ledger when the warehouse has none. Several may do so at once. */
export async function ensureLedger(
  session: Session,
  engine: Engine,
  loading: LoadWriter,
): Promise<void> {
  for (let tries = 1; (await engine.introspect.kind(session, LEDGER)) === undefined; tries += 1) {
    try {
      for (const statement of loading.createLedger) await session.execute(statement)
    } catch (error) {
      // Another process was first, which engines report as a conflict.
      if (!(error instanceof FerryError) || tries === CREATE_TRIES) throw error
    }
  }
}

/** What the ledger says of a delivery. */
export type Standing =
  | { readonly state: 'new' | 'older' }
  /** `rows` that were loaded of it. */
  | { readonly state: 'already'; readonly rows: number; readonly isNewest: boolean }

/** Whether the delivery is in its table already, or the table has newer rows. */
export async function standingOf(
  session: Session,
  { sql }: Engine,
  row: LedgerRow,
): Promise<Standing> {
  const [found] = await readAll(session, findInLedger(sql, row))
  const [[newest] = []] = await readAll(session, newestInLedger(sql, row.table))
  const isNewest = typeof newest !== 'string' || newest <= row.takenAt
  if (found !== undefined) return { state: 'already', rows: Number(found[0]), isNewest }
  return { state: isNewest ? 'new' : 'older' }
}

/** A table that was dropped has lost what the ledger says of it. */
export async function forgetLoads(session: Session, { sql }: Engine, table: string): Promise<void> {
  await session.execute(forgetTable(sql, table))
}

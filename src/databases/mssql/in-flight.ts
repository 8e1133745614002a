import { FerryError } from '../../core/errors.ts'
import type { Session } from '../dialect.ts'
import { readAll } from '../read-all.ts'
import { READER_NAME } from './reader-session.ts'

/** What a server says of itself at one moment, asked before a snapshot is taken. */
export interface Moment {
  /** The server's clock, ISO 8601 in UTC with microseconds. */
  readonly at: string
  /** Start of the oldest transaction that may still write, or `at`; undefined where that is not told. */
  readonly inFlightSince: string | undefined
}

const NOW = 'SELECT CONVERT(varchar(27), SYSUTCDATETIME(), 126)'

const isOther = (session: string): string =>
  `${session}.session_id <> @@SPID AND ${session}.program_name <> N'${READER_NAME}'`

/**
 * How many milliseconds ago the oldest of these began: a transaction of a session in this database, one
 * that has not written yet too; a transaction that wrote here, whoever has it; a statement that is
 * running and may write, whose stamp is of its own start, though it waits for a lock before its
 * transaction is seen. Their times are of the clock on the wall of the server's machine.
 */
const IN_FLIGHT = `SELECT MAX(DATEDIFF_BIG(millisecond, began, SYSDATETIME())) FROM (
  SELECT a.transaction_begin_time AS began FROM sys.dm_tran_active_transactions AS a
    JOIN sys.dm_tran_session_transactions AS t ON t.transaction_id = a.transaction_id
    JOIN sys.dm_exec_sessions AS s ON s.session_id = t.session_id
    WHERE s.database_id = DB_ID() AND ${isOther('s')}
  UNION ALL
  SELECT d.database_transaction_begin_time FROM sys.dm_tran_database_transactions AS d
    WHERE d.database_id = DB_ID() AND d.database_transaction_type = 1
      AND d.database_transaction_begin_time IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM sys.dm_tran_session_transactions AS t
        JOIN sys.dm_exec_sessions AS s ON s.session_id = t.session_id
        WHERE t.transaction_id = d.transaction_id AND NOT (${isOther('s')}))
  UNION ALL
  SELECT r.start_time FROM sys.dm_exec_requests AS r
    JOIN sys.dm_exec_sessions AS s ON s.session_id = r.session_id
    WHERE r.database_id = DB_ID() AND s.is_user_process = 1 AND r.command <> 'SELECT' AND ${isOther('s')}
) AS q`

/** The times of transactions are rounded to 300ths of a second, and cut; so is nobody's stamp. */
const MARGIN_MS = 10

/** The present moment of a database that is written to. */
export async function momentOf(session: Session): Promise<Moment> {
  const [[now] = []] = await readAll(session, NOW)
  const at = isoOf(String(now))
  try {
    const [[age] = []] = await readAll(session, IN_FLIGHT)
    if (age === null || age === undefined) return { at, inFlightSince: at }
    return { at, inFlightSince: earlier(at, Math.max(0, Number(age)) + MARGIN_MS) }
  } catch (error) {
    // Without VIEW SERVER STATE (in Azure SQL: VIEW DATABASE STATE) one sees oneself alone.
    if (error instanceof FerryError && error.code === 'DENIED')
      return { at, inFlightSince: undefined }
    throw error
  }
}

/** `2026-11-28T01:02:03.1234567` to six digits and a `Z`. */
export function isoOf(text: string): string {
  const [seconds = '', fraction = ''] = text.split('.')
  return `${seconds.replace(' ', 'T')}.${fraction.slice(0, 6).padEnd(6, '0')}Z`
}

/** So many milliseconds before. */
function earlier(at: string, milliseconds: number): string {
  const before = new Date(Date.parse(at) - milliseconds)
  return before.toISOString().slice(0, 23) + at.slice(23)
}

import { Result } from './result.ts'
import { TextRows } from './text-rows.ts'
import { COMMAND } from './commands.ts'
import type { Wire } from './wire.ts'

/** Modes in which what Ferry writes would mean something else, or values be padded; and their families. */
const UNWANTED_MODES = new Set([
  'ANSI',
  'ANSI_QUOTES',
  'DB2',
  'MAXDB',
  'MSSQL',
  'NO_BACKSLASH_ESCAPES',
  'ORACLE',
  'PAD_CHAR_TO_FULL_LENGTH',
  'POSTGRESQL',
])

/** A day: nobody is cut off for reading slowly, or for resting in the middle of a snapshot. */
const PATIENCE_S = 86_400

/**
 * Settles what a server's configuration could change: text as UTF-8, time stamps in UTC, the meaning of
 * quotes, results that are whole.
 */
export async function settleSession(wire: Wire): Promise<void> {
  const [mode = ''] = await askOne(wire, 'SELECT @@SESSION.sql_mode')
  const modes = (mode ?? '').split(',').filter(one => one !== '' && !UNWANTED_MODES.has(one))
  await askOne(wire, 'SET NAMES utf8mb4')
  await askOne(
    wire,
    `SET SESSION time_zone = '+00:00', sql_mode = '${modes.join(',')}',
     sql_select_limit = 18446744073709551615, net_write_timeout = ${PATIENCE_S},
     wait_timeout = ${PATIENCE_S}`,
  )
}

/** The first row of a statement of ours. */
async function askOne(wire: Wire, statement: string): Promise<readonly (string | null)[]> {
  wire.send(COMMAND.query, statement)
  const result = await Result.read(wire)
  let first: readonly (string | null)[] = []
  for await (const [row = []] of result.pieces(new TextRows(result.columns))) first = row
  return first
}

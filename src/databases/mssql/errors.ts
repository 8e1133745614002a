import { type ErrorCode, FerryError, systemErrorCode } from '../../core/errors.ts'

/**
 * Numbers of SQL Server's, Azure SQL's and Synapse's errors that are not about the statement itself.
 * Every other number is SQL_INVALID. @see sys.messages; "Troubleshoot transient connection errors"
 */
const CODES: Readonly<Record<number, ErrorCode>> = {
  229: 'DENIED', // a permission on an object
  230: 'DENIED',
  262: 'DENIED', // a permission in the database
  297: 'DENIED',
  300: 'DENIED',
  916: 'DENIED', // this login may not use the database
  15_247: 'DENIED',
  18_452: 'DENIED',
  18_456: 'DENIED', // login failed
  18_470: 'DENIED', // the account is disabled
  18_486: 'DENIED', // the account is locked out
  18_487: 'DENIED', // the password has expired
  18_488: 'DENIED',
  40_615: 'DENIED', // the firewall of Azure SQL
  911: 'CONFIG_INVALID', // no such database
  4_060: 'CONFIG_INVALID',
  1_204: 'TRANSIENT', // out of locks
  1_205: 'TRANSIENT', // chosen as the victim of a deadlock
  1_222: 'TRANSIENT', // waited too long for a lock
  3_930: 'TRANSIENT', // the transaction cannot go on
  3_960: 'TRANSIENT', // a conflict of snapshots
  3_961: 'TRANSIENT', // a definition changed under a snapshot
  4_221: 'TRANSIENT', // the secondary is not ready
  6_005: 'TRANSIENT', // it shuts down
  10_053: 'TRANSIENT',
  10_054: 'TRANSIENT',
  10_060: 'TRANSIENT',
  40_197: 'TRANSIENT', // it is moved to another node
  40_540: 'TRANSIENT',
  10_928: 'THROTTLED', // limits of the database's size
  10_929: 'THROTTLED',
  40_501: 'THROTTLED', // busy: come again in ten seconds
  49_918: 'THROTTLED',
  49_919: 'THROTTLED',
  49_920: 'THROTTLED',
  701: 'SERVICE_UNAVAILABLE', // out of memory
  802: 'SERVICE_UNAVAILABLE',
  1_105: 'SERVICE_UNAVAILABLE', // its disk is full
  8_645: 'SERVICE_UNAVAILABLE', // no memory for the query in time
  9_002: 'SERVICE_UNAVAILABLE', // its log is full
  17_142: 'SERVICE_UNAVAILABLE', // it is paused
  40_613: 'SERVICE_UNAVAILABLE',
  42_108: 'SERVICE_UNAVAILABLE', // the SQL pool is paused
  42_109: 'SERVICE_UNAVAILABLE', // the SQL pool starts
}

const HINTS: Readonly<Record<number, string>> = {
  448: 'comparing needs a collation of UTF-8: SQL Server 2019 or later',
  18_456: 'check the user and the password (URL, MSSQL_USER and MSSQL_PASSWORD)',
  40_615: "add this machine's address to the server's firewall",
  4_060: 'check the name of the database, and that the login may use it',
  42_108: 'resume the SQL pool',
}

/** Failures of the network, by Node's names for them. */
const NETWORK_CODES = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
])

/** Turns what the driver threw into a FerryError. */
export function asMssqlFailure(error: unknown): FerryError {
  if (error instanceof FerryError) return error
  // Several messages: the first says what was wrong, the others what follows from it.
  const errors: readonly unknown[] = error instanceof AggregateError ? error.errors : [error]
  const [first] = errors
  const number = numberOf(first, 'number')
  const message = errors.map(textOf).join('\n')
  if (number !== undefined) {
    return new FerryError(CODES[number] ?? 'SQL_INVALID', message, {
      cause: error,
      hint: HINTS[number],
      details: { engine: 'mssql', number, line: numberOf(first, 'lineNumber') },
    })
  }
  if (systemErrorCode(first) === 'ECANCEL') {
    return new FerryError('INTERRUPTED', 'the statement was cancelled', { cause: error })
  }
  const isAway = codesOf(error).some(code => NETWORK_CODES.has(code))
  // Whatever else breaks a connection that stood may stand again the next time.
  return new FerryError(isAway ? 'SERVICE_UNAVAILABLE' : 'TRANSIENT', `SQL Server: ${message}`, {
    cause: error,
  })
}

/** The codes of an error and of what caused it. */
function codesOf(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return []
  const own = systemErrorCode(error)
  const inner: readonly unknown[] = error instanceof AggregateError ? error.errors : []
  const causes = [...inner, error.cause].flatMap(codesOf)
  return own === undefined ? causes : [own, ...causes]
}

function numberOf(error: unknown, field: 'number' | 'lineNumber'): number | undefined {
  if (!(error instanceof Error) || !(field in error)) return undefined
  const value: unknown = Reflect.get(error, field)
  return typeof value === 'number' ? value : undefined
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error)
}

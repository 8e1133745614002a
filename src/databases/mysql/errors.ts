import { type ErrorCode, FerryError, systemErrorCode } from '../../core/errors.ts'
import { positionOf } from './error-position.ts'
import { ServerFailure } from './packets.ts'

/** The server's numbers to what they mean here; what is not named is the statement's fault. */
const CODES: Readonly<Record<number, ErrorCode>> = {
  1040: 'TRANSIENT', // too many connections
  1044: 'DENIED', // to a database
  1045: 'DENIED', // wrong user or password
  1049: 'CONFIG_INVALID', // no such database
  1053: 'TRANSIENT', // the server shuts down
  1129: 'DENIED', // the host is blocked
  1130: 'DENIED', // the host may not connect
  1142: 'DENIED', // to a table
  1143: 'DENIED', // to a column
  1152: 'TRANSIENT', // the connection was aborted
  1158: 'TRANSIENT', // reading from the connection
  1159: 'TRANSIENT',
  1160: 'TRANSIENT',
  1161: 'TRANSIENT',
  1203: 'TRANSIENT', // too many connections of this user
  1205: 'TRANSIENT', // waited too long for a lock
  1213: 'TRANSIENT', // deadlock
  1226: 'TRANSIENT', // too much in this hour
  1227: 'DENIED', // lacks a privilege
  1290: 'DENIED', // the server is read only, or its files are closed
  1317: 'INTERRUPTED', // the query was killed
  1370: 'DENIED', // to a routine
  1412: 'SOURCE_CHANGED', // a table was changed after the snapshot
  1637: 'TRANSIENT', // too many transactions
  1698: 'DENIED', // wrong user or password
  1927: 'TRANSIENT', // the connection was killed
  1969: 'INTERRUPTED', // MariaDB: the statement took too long
  2013: 'TRANSIENT', // the connection was lost
  3024: 'INTERRUPTED', // MySQL: the statement took too long
  3118: 'DENIED', // the account is locked
  4031: 'TRANSIENT', // the connection idled too long
}

/** Failures of the network, by Node's names for them. */
const NETWORK_CODES = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'ENOENT', // a Unix socket that is not there
])

export interface StatementPlace {
  readonly statement: string
  /** Where it begins in the text that the caller gave. */
  readonly offset: number
}

/** Turns what the driver or the server threw into a FerryError. */
export function asMysqlFailure(error: unknown, place?: StatementPlace): FerryError {
  if (error instanceof FerryError) return error
  const told = error instanceof ServerFailure ? error : failureOfDriver(error)
  if (told !== undefined) {
    const position = place === undefined ? undefined : positionOf(told, place.statement)
    const details = { engine: 'mysql', number: told.number, sqlstate: told.sqlstate }
    return new FerryError(CODES[told.number] ?? 'SQL_INVALID', told.message, {
      cause: error,
      details:
        position === undefined
          ? details
          : { ...details, position: (place?.offset ?? 0) + position },
    })
  }
  const message = error instanceof Error ? error.message || error.name : String(error)
  const system = systemErrorCode(error)
  if (system === 'HANDSHAKE_NO_SSL_SUPPORT') {
    return new FerryError('CONFIG_INVALID', 'the server does not encrypt connections', {
      cause: error,
      hint: 'use ssl-mode=disabled if the network between is safe',
    })
  }
  if (system === 'HANDSHAKE_SSL_ERROR') {
    return new FerryError('DENIED', `no encrypted connection to the server: ${message}`, {
      cause: error,
      hint: 'ssl-ca names the file with the certificate of who signed the server’s',
    })
  }
  const isAway = system !== undefined && NETWORK_CODES.has(system)
  // Whatever else breaks a connection that stood may stand again the next time.
  return new FerryError(isAway ? 'SERVICE_UNAVAILABLE' : 'TRANSIENT', `MySQL: ${message}`, {
    cause: error,
  })
}

/** What the server said while the driver connected. */
function failureOfDriver(error: unknown): ServerFailure | undefined {
  if (!(error instanceof Error) || !('errno' in error) || !('sqlState' in error)) return undefined
  const { errno, sqlState, message } = error
  if (typeof errno !== 'number' || typeof sqlState !== 'string') return undefined
  return new ServerFailure(errno, sqlState, message)
}

import { DatabaseError } from 'pg'
import { type ErrorCode, FerryError, systemErrorCode } from '../../core/errors.ts'

/** SQLSTATE, or its first two characters, to what it means here; the longest match counts. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  '08': 'SERVICE_UNAVAILABLE', // connection exception
  '22': 'SQL_INVALID', // data exception
  '23': 'SQL_INVALID', // constraint violation
  '25': 'SQL_INVALID', // invalid transaction state
  '28': 'DENIED', // invalid authorization
  '3D': 'CONFIG_INVALID', // no such database
  '40': 'TRANSIENT', // rolled back: serialization failure, deadlock
  '42': 'SQL_INVALID', // syntax error or access rule violation
  '42501': 'DENIED', // insufficient privilege
  '53': 'SERVICE_UNAVAILABLE', // insufficient resources
  '53300': 'TRANSIENT', // too many connections
  '55P03': 'TRANSIENT', // lock not available
  '55006': 'TRANSIENT', // object in use
  '57': 'SERVICE_UNAVAILABLE', // operator intervention
  '57014': 'INTERRUPTED', // query cancelled
  '57P01': 'TRANSIENT', // admin shutdown: this connection was ended
  '58': 'SERVICE_UNAVAILABLE', // system error
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
  /** Characters of ours before it in the text that the server was given. */
  readonly prefixLength: number
  /** Where it begins in the text that the caller gave. */
  readonly offset: number
}

/** Turns what the driver threw into a FerryError. */
export function asPostgresFailure(error: unknown, place?: StatementPlace): FerryError {
  if (error instanceof FerryError) return error
  if (error instanceof DatabaseError && error.code !== undefined) {
    const position = place === undefined ? undefined : positionIn(place, error.position)
    const details = { engine: 'postgres', sqlstate: error.code }
    return new FerryError(codeOf(error.code), messageOf(error), {
      cause: error,
      hint: error.hint,
      details: position === undefined ? details : { ...details, position },
    })
  }
  const message = error instanceof Error ? error.message || error.name : String(error)
  const system = systemErrorCode(error)
  const isAway = system !== undefined && NETWORK_CODES.has(system)
  // Whatever else breaks a connection that stood may stand again the next time.
  return new FerryError(isAway ? 'SERVICE_UNAVAILABLE' : 'TRANSIENT', `PostgreSQL: ${message}`, {
    cause: error,
  })
}

function codeOf(sqlstate: string): ErrorCode {
  return CODES[sqlstate] ?? CODES[sqlstate.slice(0, 2)] ?? 'SQL_INVALID'
}

function messageOf(error: DatabaseError): string {
  return [error.message, error.detail].filter(Boolean).join('\n')
}

/** The server counts characters (code points) from 1; we count UTF-16 units from 0. */
function positionIn(place: StatementPlace, position: string | undefined): number | undefined {
  if (position === undefined) return undefined
  let characters = Number(position) - 1 - place.prefixLength
  if (!(characters >= 0)) return undefined
  let units = 0
  while (characters > 0 && units < place.statement.length) {
    units += (place.statement.codePointAt(units) ?? 0) > 0xffff ? 2 : 1
    characters -= 1
  }
  return place.offset + units
}

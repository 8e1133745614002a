import { Socket } from 'node:net'
import { type Connection as Driver, createConnection, type SslOptions } from 'mysql2'
import { FerryError, systemErrorCode } from '../../core/errors.ts'
import type { OpenTarget } from '../dialect.ts'
import { type MysqlConfig, parseMysqlUrl, type ReadingChoices } from './config.ts'
import { asMysqlFailure } from './errors.ts'
import { Wire } from './wire.ts'

/** A connection whose packets are ours, and how to stop what runs on it. */
export interface Connection {
  readonly wire: Wire
  readonly reading: ReadingChoices
  /** Asks the server, by a connection of its own, to stop the statement that runs. */
  readonly cancel: () => Promise<void>
}

/**
 * Neither query attributes nor session tracking, which would change the packets; no local files, which
 * a server could ask for; function names as in MySQL's own tools.
 */
const FLAGS = [
  '-CLIENT_QUERY_ATTRIBUTES',
  '-SESSION_TRACK',
  '-LOCAL_FILES',
  '-IGNORE_SPACE',
  '-ODBC',
]

/** @throws FerryError CONFIG_INVALID, DENIED, SERVICE_UNAVAILABLE, TRANSIENT */
export async function openConnection(target: OpenTarget): Promise<Connection> {
  const config = parseMysqlUrl(target.url, target.environment)
  const driver = await connectOverTls(config, target.signal)
  const socket = 'stream' in driver ? driver.stream : undefined
  if (!(socket instanceof Socket)) throw new FerryError('BUG', 'mysql2 has no socket')
  const { threadId } = driver
  socket.removeAllListeners('data')
  return {
    wire: new Wire(socket),
    reading: config.reading,
    cancel: () => killQuery(config, threadId),
  }
}

async function connectOverTls(config: MysqlConfig, signal: AbortSignal): Promise<Driver> {
  let failure: unknown
  for (const ssl of config.tls) {
    try {
      return await connectOrAbort(config, ssl, signal)
    } catch (error) {
      signal.throwIfAborted()
      failure = error
      if (systemErrorCode(error) !== 'HANDSHAKE_NO_SSL_SUPPORT') break
    }
  }
  throw describeConnectFailure(failure, config)
}

async function connectOrAbort(
  config: MysqlConfig,
  ssl: SslOptions | undefined,
  signal: AbortSignal,
): Promise<Driver> {
  signal.throwIfAborted()
  const driver = createConnection({
    ...config.client,
    ...(ssl === undefined ? {} : { ssl: { ...ssl } }), // the driver writes into it
    charset: 'utf8mb4_general_ci',
    connectAttributes: { program_name: 'ferry' },
    flags: FLAGS,
  })
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const abort = (): void => reject(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  driver.on('error', reject) // also later: a lost connection fails the statement that notices it
  driver.on('connect', () => resolve())
  try {
    await promise
    return driver
  } catch (error) {
    driver.destroy()
    throw error
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

const KILL_WITHIN_MS = 5_000

async function killQuery(config: MysqlConfig, threadId: number): Promise<void> {
  let driver: Driver | undefined
  try {
    driver = await connectOverTls(config, AbortSignal.timeout(KILL_WITHIN_MS))
    const { promise, resolve } = Promise.withResolvers<void>()
    driver.query(`KILL QUERY ${threadId}`, () => resolve())
    await promise
  } catch {
    // It cannot be reached: whoever waits for the statement learns that by its own connection.
  } finally {
    driver?.destroy()
  }
}

function describeConnectFailure(error: unknown, { server }: MysqlConfig): FerryError {
  const failure = asMysqlFailure(error)
  if (failure.code === 'SERVICE_UNAVAILABLE' && systemErrorCode(error) !== undefined) {
    return new FerryError(failure.code, `no MySQL answers at \`${server}\``, {
      cause: error,
      hint: 'check host and port, and that the server runs',
      details: { reason: systemErrorCode(error) },
    })
  }
  if (failure.code === 'DENIED') {
    return new FerryError(failure.code, failure.message, {
      cause: error,
      hint: 'check the user and the password (URL, ~/.my.cnf or MYSQL_PWD)',
      details: failure.details,
    })
  }
  return failure
}

import { FerryError, systemErrorCode } from '../../core/errors.ts'
import type { OpenTarget } from '../dialect.ts'
import { type MssqlConfig, parseMssqlUrl } from './config.ts'
import { asMssqlFailure } from './errors.ts'
import { readValuesExactly } from './exact-values.ts'
import { Connection, type ConnectionConfiguration } from './sdk.ts'

/** An attention that is not acknowledged within this time: the connection is given up. */
const CANCEL_WITHIN_MS = 5_000
const PACKET_BYTES = 16_384

/**
 * `application` is what the server calls the session.
 * @throws FerryError CONFIG_INVALID, DENIED, SERVICE_UNAVAILABLE, TRANSIENT
 */
export async function openConnection(
  target: OpenTarget,
  application = 'ferry',
): Promise<Connection> {
  const config = parseMssqlUrl(target.url, target.environment)
  target.signal.throwIfAborted()
  readValuesExactly()
  const connection = new Connection(tediousConfig(config, application))
  connection.on('error', () => {}) // a lost connection fails the statement that notices it
  let number: number | undefined
  connection.on('errorMessage', message => {
    number ??= message.number
  })
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const abort = (): void => reject(target.signal.reason)
  target.signal.addEventListener('abort', abort, { once: true })
  try {
    connection.connect(error => (error === undefined ? resolve() : reject(error)))
    await promise
    return connection
  } catch (error) {
    connection.close()
    target.signal.throwIfAborted()
    throw describeConnectFailure(withNumber(error, number), config)
  } finally {
    target.signal.removeEventListener('abort', abort)
  }
}

function tediousConfig(config: MssqlConfig, application: string): ConnectionConfiguration {
  const { login, host, port, instance, database, certificateAuthority } = config
  return {
    server: host,
    authentication:
      login.kind === 'entra'
        ? { type: 'azure-active-directory-default', options: {} }
        : { type: 'default', options: { userName: login.user, password: login.password } },
    options: {
      ...(instance === undefined ? { port } : { instanceName: instance }),
      ...(database === undefined ? {} : { database }),
      encrypt: config.encrypt,
      trustServerCertificate: config.trustsAnyCertificate,
      ...(certificateAuthority === undefined
        ? {}
        : { cryptoCredentialsDetails: { ca: certificateAuthority } }),
      readOnlyIntent: config.readOnly,
      connectTimeout: config.connectTimeoutMs,
      requestTimeout: 0,
      cancelTimeout: CANCEL_WITHIN_MS,
      maxRetriesOnTransientErrors: 0, // the night tries again, and says so
      packetSize: PACKET_BYTES,
      lowerCaseGuids: true,
      appName: application,
    },
  }
}

/** The driver tells a failed login apart from others by its message alone; the server gave a number. */
function withNumber(error: unknown, number: number | undefined): unknown {
  if (number === undefined || !(error instanceof Error) || 'number' in error) return error
  return Object.assign(new Error(error.message, { cause: error }), { number })
}

function describeConnectFailure(error: unknown, { host, port, instance }: MssqlConfig): FerryError {
  const failure = asMssqlFailure(error)
  const isSilent = systemErrorCode(error) === 'ETIMEOUT'
  if (failure.code !== 'SERVICE_UNAVAILABLE' && !isSilent) return failure
  if ('number' in failure.details) return failure
  const where = instance === undefined ? `${host}:${port}` : `${host}\\${instance}`
  return new FerryError('SERVICE_UNAVAILABLE', `no SQL Server answers at \`${where}\``, {
    cause: error,
    hint: 'check host and port, and that the server runs and takes TCP connections',
  })
}

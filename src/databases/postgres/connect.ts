import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client, DatabaseError } from 'pg'
import { FerryError, systemErrorCode } from '../../core/errors.ts'
import type { OpenTarget } from '../dialect.ts'
import { parsePostgresUrl } from './config.ts'
import { asPostgresFailure } from './errors.ts'
import { POSTGRES, type ServerKind } from './server-kind.ts'
import { openTappedSocket } from './tapped-socket.ts'

/** A connection, and how to stop what runs on it. */
export interface Connection {
  readonly client: Client
  /** Asks the server to stop the statement that runs; a statement that has ended is left alone. */
  readonly cancel: () => Promise<void>
  /** Resolves when the server takes the next statement: after a failure that is a moment later. */
  readonly settled: () => Promise<void>
  /** Drops the connection without a farewell. */
  readonly destroy: () => void
}

/** @throws FerryError CONFIG_INVALID, DENIED, SERVICE_UNAVAILABLE, TRANSIENT */
export async function openConnection(
  target: OpenTarget,
  kind: ServerKind = POSTGRES,
): Promise<Connection> {
  const config = parsePostgresUrl(target.url, target.environment)
  let failure: unknown
  for (const ssl of config.tls) {
    // What is encrypted passes through other hands: there the driver's own socket does.
    const stream = ssl === false ? { stream: openTappedSocket } : {}
    const client = new Client({ ...config.client, ssl, ...stream })
    client.on('error', () => {}) // a lost connection fails the statement that notices it
    try {
      await connectOrAbort(client, target.signal)
      for (const statement of kind.settings) await client.query(statement)
      return {
        client,
        cancel: () => cancelOnServer(client),
        settled: () => settled(client),
        destroy: () => client.connection.stream.destroy(),
      }
    } catch (error) {
      failure = error
      await client.end().catch(() => {}) // it did not even begin
      target.signal.throwIfAborted()
      // The server answered, or there is none: another way to encrypt would change nothing.
      if (error instanceof DatabaseError || systemErrorCode(error) !== undefined) break
    }
  }
  const { host = '', port = 0 } = config.client
  throw describeConnectFailure(failure, `no ${kind.name} answers at \`${host}:${port}\``)
}

async function connectOrAbort(client: Client, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  const aborted = Promise.withResolvers<never>()
  const abort = (): void => aborted.reject(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  try {
    await Promise.race([client.connect(), aborted.promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

async function settled(client: Client): Promise<void> {
  const isBusy = 'readyForQuery' in client && client.readyForQuery === false
  if (!isBusy || client.connection.stream.destroyed) return
  await new Promise<void>(resolve => {
    const go = (): void => {
      client.connection.off('readyForQuery', go).off('end', go)
      resolve()
    }
    client.connection.on('readyForQuery', go).on('end', go)
  })
}

function describeConnectFailure(error: unknown, silence: string): FerryError {
  const failure = asPostgresFailure(error)
  if (failure.code === 'SERVICE_UNAVAILABLE' && systemErrorCode(error) !== undefined) {
    return new FerryError(failure.code, silence, {
      cause: error,
      hint: 'check host and port, and that the server runs',
      details: { reason: systemErrorCode(error) },
    })
  }
  if (failure.code === 'DENIED') {
    return new FerryError(failure.code, failure.message, {
      cause: error,
      hint: 'check the user and the password (URL, PGPASSWORD or ~/.pgpass)',
      details: failure.details,
    })
  }
  return failure
}

const CANCEL_REQUEST = 80_877_102
const CANCEL_WITHIN_MS = 5_000

/**
 * PostgreSQL takes a cancellation over a connection of its own, before any login or encryption.
 * @see https://www.postgresql.org/docs/current/protocol-message-formats.html CancelRequest
 */
async function cancelOnServer(client: Client): Promise<void> {
  const { processID, secretKey } = backendKeyOf(client)
  if (processID === undefined || secretKey === undefined) return
  const request = Buffer.alloc(16)
  request.writeInt32BE(16, 0)
  request.writeInt32BE(CANCEL_REQUEST, 4)
  request.writeInt32BE(processID, 8)
  request.writeInt32BE(secretKey, 12)
  const socket = client.host.startsWith('/')
    ? connect(`${client.host}/.s.PGSQL.${client.port}`)
    : connect(client.port, client.host)
  const closed = new Promise<void>(resolve => {
    socket.on('error', () => resolve()).on('close', () => resolve())
  })
  socket.end(request)
  await Promise.race([closed, sleep(CANCEL_WITHIN_MS, undefined, { ref: false })])
  socket.destroy()
}

/** The driver keeps them as public fields that its types leave out. */
function backendKeyOf(client: object): { processID?: number; secretKey?: number } {
  const found: { processID?: number; secretKey?: number } = {}
  if ('processID' in client && typeof client.processID === 'number') {
    found.processID = client.processID
  }
  if ('secretKey' in client && typeof client.secretKey === 'number') {
    found.secretKey = client.secretKey
  }
  return found
}

/**
 * A server of our own that speaks TDS 7.4, as there is no SQL Server that tests could start: login,
 * batches, sp_executesql, bulk load and attention, with DuckDB behind it and a small translation of the
 * T-SQL that Ferry writes. It refuses what it does not know. What it cannot show is said in
 * docs/dialects.md; that it speaks as others expect is tested with FreeTDS's tools.
 */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import { startHttpServer } from './http-server.ts'

export interface TdsServer extends AsyncDisposable {
  /** `mssql://` or `synapse://`, with the account. */
  readonly url: string
  readonly port: number
  readonly user: string
  readonly password: string
  stop(): Promise<void>
}

/**
 * `blobs`: folders of this machine by the beginning of the URLs that COPY INTO is to find there.
 * Resolves when the server answers.
 * @throws Error with the end of its log when it does not
 */
export async function startTds(
  flavor: 'mssql' | 'synapse' = 'mssql',
  blobs: Readonly<Record<string, string>> = {},
): Promise<TdsServer> {
  const user = 'ferry'
  const password = randomBytes(12).toString('base64url')
  const main = fileURLToPath(new URL('tds/main.ts', import.meta.url))
  const { port, stop } = await startHttpServer(
    'tds',
    free => [process.execPath, main, String(free)],
    { FERRY_TDS: JSON.stringify({ user, password, flavor, blobs }) },
    listens,
  )
  const url = `${flavor}://${user}:${password}@127.0.0.1:${port}/ferry?encrypt=false`
  return { url, port, user, password, stop, [Symbol.asyncDispose]: stop }
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false // not yet: it is asked again until the deadline
  } finally {
    socket.destroy()
  }
}

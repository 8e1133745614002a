/**
 * A server of our own that speaks the part of Google Cloud Storage's JSON API which moves objects:
 * there is no stand-in for it on npm or in Debian. It is written from the public reference; where
 * that leaves a choice, the stricter one. Everything is in memory and gone after `stop`.
 */
import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { startHttpServer } from './http-server.ts'

export interface GcsServer extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`. */
  readonly endpoint: string
  readonly port: number
  /** The bearer token that may do everything. */
  readonly token: string
  readonly readOnlyToken: string
  readonly pid: number
  stop(): Promise<void>
}

/** Resolves when the server answers. @throws Error with the end of its log when it does not */
export async function startGcs(): Promise<GcsServer> {
  const token = randomBytes(24).toString('base64url')
  const readOnlyToken = randomBytes(24).toString('base64url')
  const main = fileURLToPath(new URL('gcs/main.ts', import.meta.url))
  const { port, pid, stop } = await startHttpServer(
    'gcs',
    port => [process.execPath, main, String(port)],
    { FERRY_GCS_TOKENS: JSON.stringify({ writer: token, reader: readOnlyToken }) },
  )
  const endpoint = `http://127.0.0.1:${port}`
  return { endpoint, port, token, readOnlyToken, pid, stop, [Symbol.asyncDispose]: stop }
}

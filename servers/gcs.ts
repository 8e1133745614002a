/**
 * A server of our own that speaks the part of Google Cloud Storage's APIs which moves objects:
 * there is no stand-in for it on npm or in Debian. It is written from the public reference; where
 * that leaves a choice, the stricter one. Everything is in memory and gone after `stop`.
 */
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { startHttpServer } from './http-server.ts'

export interface GcsServer extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`. */
  readonly endpoint: string
  readonly port: number
  /** The bearer token that may do everything. */
  readonly token: string
  readonly readOnlyToken: string
  /** A service account that may do everything, as the file of its key. */
  readonly serviceAccount: string
  readonly pid: number
  stop(): Promise<void>
}

/** Resolves when the server answers. @throws Error with the end of its log when it does not */
export async function startGcs(): Promise<GcsServer> {
  const token = randomBytes(24).toString('base64url')
  const readOnlyToken = randomBytes(24).toString('base64url')
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  const email = 'ferry@test.iam.example.com'
  const tokens = { writer: token, reader: readOnlyToken, account: { email, publicKey } }
  const serviceAccount = JSON.stringify({
    type: 'service_account',
    project_id: 'ferry-test',
    private_key_id: randomBytes(20).toString('hex'),
    private_key: privateKey,
    client_email: email,
  })
  const main = fileURLToPath(new URL('gcs/main.ts', import.meta.url))
  const { port, pid, stop } = await startHttpServer(
    'gcs',
    port => [process.execPath, main, String(port)],
    { FERRY_GCS_TOKENS: JSON.stringify(tokens) },
  )
  const endpoint = `http://127.0.0.1:${port}`
  return {
    endpoint,
    port,
    token,
    readOnlyToken,
    serviceAccount,
    pid,
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

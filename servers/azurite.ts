/**
 * Azurite, Microsoft's own stand-in for Azure Blob and Queue Storage: it checks signatures and the MD5 of each
 * request, keeps everything in memory, and is gone without a trace after `stop`.
 */
import { randomBytes } from 'node:crypto'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startHttpServer } from './http-server.ts'

export interface AzuriteOptions {
  /** Which of the services is started; `blob` by default. */
  readonly service?: 'blob' | 'queue'
  /** Ignores headers and parameters that Azurite does not know, instead of refusing them. */
  readonly loose?: boolean
}

export interface AzuriteServer extends AsyncDisposable {
  /** `http://127.0.0.1:PORT/ACCOUNT`. */
  readonly endpoint: string
  readonly port: number
  readonly account: string
  /** Base64; another one for each server. */
  readonly key: string
  readonly connectionString: string
  /** The same for programs that read AZURE_STORAGE_CONNECTION_STRING. */
  readonly env: { readonly AZURE_STORAGE_CONNECTION_STRING: string }
  readonly pid: number
  stop(): Promise<void>
}

const ACCOUNT = 'ferrytest'
const ENDPOINT_NAMES = { blob: 'BlobEndpoint', queue: 'QueueEndpoint' } as const

/** Resolves when the server answers. @throws Error with the end of its log when it does not */
export async function startAzurite(options: AzuriteOptions = {}): Promise<AzuriteServer> {
  const { service = 'blob' } = options
  const program = join(
    dirname(fileURLToPath(import.meta.resolve('azurite/package.json'))),
    `dist/src/${service}/main.js`,
  )
  const key = randomBytes(64).toString('base64')
  const switches = ['--inMemoryPersistence', '--skipApiVersionCheck', '--disableTelemetry']
  if (options.loose === true) switches.push('--loose')
  const { port, pid, stop } = await startHttpServer(
    'azurite',
    port => [
      process.execPath,
      program,
      `--${service}Host`,
      '127.0.0.1',
      `--${service}Port`,
      String(port),
      '--silent',
      ...switches,
    ],
    { AZURITE_ACCOUNTS: `${ACCOUNT}:${key}` },
  )
  const endpoint = `http://127.0.0.1:${port}/${ACCOUNT}`
  const login = `AccountName=${ACCOUNT};AccountKey=${key}`
  const connectionString = `DefaultEndpointsProtocol=http;${login};${ENDPOINT_NAMES[service]}=${endpoint};`
  return {
    endpoint,
    port,
    account: ACCOUNT,
    key,
    connectionString,
    env: { AZURE_STORAGE_CONNECTION_STRING: connectionString },
    pid,
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

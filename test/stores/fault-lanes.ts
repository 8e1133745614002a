import { DEFAULT_RETRY } from '../../src/core/retry.ts'
import { openStore } from '../../src/stores/open-store.ts'
import type { ObjectStore } from '../../src/stores/store.ts'
import { type AzuriteServer, startAzurite } from '../../servers/azurite.ts'
import { type FaultProxy, startFaultProxy } from '../../servers/fault-proxy.ts'
import type { StoreName } from '../../servers/faults/services.ts'
import { type GcsServer, startGcs } from '../../servers/gcs.ts'
import { type S3Server, startS3 } from '../../servers/s3.ts'

type Environment = Readonly<Record<string, string>>

/** A server, and how a store on a bucket of it is reached through any port. */
interface Backend extends AsyncDisposable {
  readonly port: number
  readonly scheme: 's3' | 'az' | 'gs'
  environment(port: number): Environment
}

const BACKENDS: Readonly<Record<StoreName, () => Promise<Backend>>> = {
  s3: async () => backendOfS3(await startS3()),
  azure: async () => backendOfAzure(await startAzurite()),
  gcs: async () => backendOfGcs(await startGcs()),
}

function backendOfS3(server: S3Server): Backend {
  return {
    port: server.port,
    scheme: 's3',
    environment: port => ({ ...server.env, AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` }),
    [Symbol.asyncDispose]: () => server.stop(),
  }
}

function backendOfAzure(server: AzuriteServer): Backend {
  const at = (port: number): string => `127.0.0.1:${port}/`
  return {
    port: server.port,
    scheme: 'az',
    environment: port => ({
      AZURE_STORAGE_CONNECTION_STRING: server.connectionString.replace(at(server.port), at(port)),
    }),
    [Symbol.asyncDispose]: () => server.stop(),
  }
}

function backendOfGcs(server: GcsServer): Backend {
  return {
    port: server.port,
    scheme: 'gs',
    environment: port => ({
      CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE: `http://127.0.0.1:${port}`,
      CLOUDSDK_AUTH_ACCESS_TOKEN: server.token,
      GOOGLE_CLOUD_PROJECT: 'trials',
    }),
    [Symbol.asyncDispose]: () => server.stop(),
  }
}

/** A store twice: by way of a proxy that does harm, and straight at the server. */
export interface Lane {
  readonly proxy: FaultProxy
  readonly store: ObjectStore
  readonly direct: ObjectStore
}

export interface Lanes extends AsyncDisposable {
  readonly lanes: readonly Lane[]
}

const RETRY = { ...DEFAULT_RETRY, maxAttempts: 6, firstDelayMs: 5, maxDelayMs: 50 }
/** Longer than a busy machine takes for an answer; in full, for that of thousands of names. */
const STALL_MS = process.env['FERRY_SOAK'] === '1' ? 6_000 : 2_000
/** For calls that a service may take its time over, and that are therefore waited for. */
const HELD_MS = 10_000
/** So that a trial takes a moment, and not the minutes that a night would wait. */
const HASTE = { retry: RETRY, stallMs: STALL_MS }
const QUIET = { debug: () => {}, info: () => {}, warn: () => {} }

/** Starts a server with a bucket, and so many lanes to it. */
export async function openLanes(service: StoreName, count: number): Promise<Lanes> {
  await using stack = new AsyncDisposableStack()
  const backend = stack.use(await BACKENDS[service]())
  const url = { scheme: backend.scheme, bucket: 'trials', key: '' }
  const open = async (port: number, patience: object): Promise<ObjectStore> => {
    const environment = backend.environment(port)
    return stack.use(await openStore(url, { ...patience, environment, logger: QUIET }))
  }
  const direct = await open(backend.port, {})
  await direct.bucket.create({ signal: AbortSignal.timeout(10_000) })
  const lanes: Lane[] = []
  for (let lane = 0; lane < count; lane += 1) {
    const proxy = stack.use(
      await startFaultProxy({ port: backend.port, service, stallMs: HELD_MS }),
    )
    lanes.push({ proxy, store: await open(proxy.port, HASTE), direct })
  }
  const owned = stack.move()
  return { lanes, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

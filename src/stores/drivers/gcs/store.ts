import { randomUUID } from 'node:crypto'
import type { DriverOptions } from '../../store-options.ts'
import type { ObjectStore } from '../../store.ts'
import { Transport } from '../../http/transport.ts'
import { gcsBucket } from './bucket.ts'
import { CAPABILITIES } from './capabilities.ts'
import { GcsClient } from './client.ts'
import { copyObject } from './copy.ts'
import { listObjects } from './listing.ts'
import { type BucketContext, putObject, readObject, statObject } from './objects.ts'
import { presign } from './presign.ts'
import { removeObjects } from './remove.ts'
import { Agent, type Dispatcher } from './sdk.ts'
import { readSettings } from './settings.ts'
import { gcsUploads } from './uploads.ts'

/** A bucket of Google Cloud Storage. */
export async function open(options: DriverOptions): Promise<ObjectStore> {
  const { url, environment, retry, stallMs } = options
  const settings = await readSettings(environment)
  const transport = new Transport(await agentFor(environment, stallMs), stallMs)
  const client = new GcsClient({ settings, transport, retry })
  const context: BucketContext = { client, bucket: url.bucket, boundary: `ferry-${randomUUID()}` }
  const close = (): Promise<void> => client.close()
  return {
    capabilities: CAPABILITIES,
    service: `gs ${settings.endpoint.origin}`,
    list: query => listObjects(context, query),
    stat: (key, options) => statObject(context, key, options),
    read: (key, options) => readObject(context, key, options),
    put: (key, bytes, options) => putObject(context, key, bytes, options),
    uploads: gcsUploads(context),
    copy: (source, key, options) => copyObject(context, source, key, options),
    remove: (keys, options) => removeObjects(context, keys, options),
    presign: (key, options) => presign(context, key, options),
    bucket: gcsBucket(context),
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** As many as workers of one process ever use; more wait for one of them. */
const MOST_CONNECTIONS = 256

/** Kept a little shorter than the services keep theirs. */
const KEEP_ALIVE_MS = 4_000

async function agentFor(
  environment: DriverOptions['environment'],
  stallMs: number,
): Promise<Dispatcher> {
  const options: Agent.Options = {
    connections: MOST_CONNECTIONS,
    allowH2: false,
    keepAliveTimeout: KEEP_ALIVE_MS,
    // The transport watches all connections itself, in both directions.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: stallMs },
  }
  const named = (name: string): string | undefined =>
    environment[name.toLowerCase()] ?? environment[name.toUpperCase()]
  const httpProxy = named('http_proxy')
  const httpsProxy = named('https_proxy')
  if (!httpProxy && !httpsProxy) return new Agent(options)
  const noProxy = named('no_proxy') ?? ''
  const { EnvHttpProxyAgent } = await import('./sdk-proxy.ts')
  return new EnvHttpProxyAgent({
    ...options,
    httpProxy: httpProxy ?? '',
    httpsProxy: httpsProxy ?? '',
    noProxy,
  })
}

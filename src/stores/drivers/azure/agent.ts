import type { DriverOptions } from '../../store-options.ts'
import { Agent, type Dispatcher } from './sdk.ts'

/** As many as workers of one process ever use; more wait for one of them. */
const MOST_CONNECTIONS = 256

/** Kept a little shorter than the service keeps them. */
const KEEP_ALIVE_MS = 4_000

export async function agentFor({ environment, stallMs }: DriverOptions): Promise<Dispatcher> {
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
  const { EnvHttpProxyAgent } = await import('./sdk-proxy.ts')
  return new EnvHttpProxyAgent({
    ...options,
    httpProxy: httpProxy ?? '',
    httpsProxy: httpsProxy ?? '',
    noProxy: named('no_proxy') ?? '',
  })
}

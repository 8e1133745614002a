import type { Agent } from 'undici'
import { HttpClient } from './client/http-client.ts'
import type { Sender } from './sender.ts'
import { undiciSender } from './undici-sender.ts'

/** As many as workers of one process ever use; more wait for one of them. */
const MOST_CONNECTIONS = 256

/** Kept a little shorter than the services keep theirs. */
const KEEP_ALIVE_MS = 4_000

export interface AgentOptions {
  /** `http_proxy` and its like are looked for here. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** To connect takes this long at most. */
  readonly stallMs: number
}

/** Connections to a service, through the proxy that the environment names. `ca` is trusted too. */
export async function openAgent(options: AgentOptions, ca?: string): Promise<Sender> {
  const proxy = await openProxy(options, ca)
  if (proxy !== undefined) return proxy
  const { Agent } = await import('./sdk.ts')
  return undiciSender(new Agent(settings(options, ca)))
}

/** The same for very many requests, or large ones: by a client of our own, where there is no proxy. */
export async function openFastAgent(options: AgentOptions, ca?: string): Promise<Sender> {
  const proxy = await openProxy(options, ca)
  const [mostConnections, keepMs] = [MOST_CONNECTIONS, KEEP_ALIVE_MS]
  return proxy ?? new HttpClient({ mostConnections, keepMs, connectMs: options.stallMs, ca })
}

async function openProxy(
  options: AgentOptions,
  ca: string | undefined,
): Promise<Sender | undefined> {
  const named = (name: string): string =>
    options.environment[name.toLowerCase()] ?? options.environment[name.toUpperCase()] ?? ''
  const httpProxy = named('http_proxy')
  const httpsProxy = named('https_proxy')
  if (httpProxy === '' && httpsProxy === '') return undefined
  const { EnvHttpProxyAgent } = await import('./sdk-proxy.ts')
  const proxies = { httpProxy, httpsProxy, noProxy: named('no_proxy') }
  return undiciSender(new EnvHttpProxyAgent({ ...settings(options, ca), ...proxies }))
}

function settings({ stallMs }: AgentOptions, ca: string | undefined): Agent.Options {
  return {
    connections: MOST_CONNECTIONS,
    allowH2: false,
    keepAliveTimeout: KEEP_ALIVE_MS,
    // The transport watches all connections itself, in both directions.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: stallMs, ...(ca === undefined ? {} : { ca }) },
  }
}

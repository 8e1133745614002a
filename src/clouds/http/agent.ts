import type { Agent, Dispatcher } from 'undici'

/** As many as workers of one process ever use; more wait for one of them. */
const MOST_CONNECTIONS = 256

/** Kept a little shorter than the services keep theirs. */
const KEEP_ALIVE_MS = 4_000

interface ProxyOptions extends Agent.Options {
  readonly httpProxy: string
  readonly httpsProxy: string
  readonly noProxy: string
}

export interface AgentOptions {
  /** `http_proxy` and its like are looked for here. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** To connect takes this long at most. */
  readonly stallMs: number
}

/** The classes, of the file that the driver's packages are in. */
export interface AgentClasses {
  readonly Agent: new (options: Agent.Options) => Dispatcher
  /** Loaded where the environment names a proxy. */
  readonly loadProxyAgent: () => Promise<new (options: ProxyOptions) => Dispatcher>
}

/** Connections to a service, through the proxy that the environment names. `ca` is trusted too. */
export async function openAgent(
  { environment, stallMs }: AgentOptions,
  { Agent, loadProxyAgent }: AgentClasses,
  ca?: string,
): Promise<Dispatcher> {
  const options: Agent.Options = {
    connections: MOST_CONNECTIONS,
    allowH2: false,
    keepAliveTimeout: KEEP_ALIVE_MS,
    // The transport watches all connections itself, in both directions.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: stallMs, ...(ca === undefined ? {} : { ca }) },
  }
  const named = (name: string): string =>
    environment[name.toLowerCase()] ?? environment[name.toUpperCase()] ?? ''
  const httpProxy = named('http_proxy')
  const httpsProxy = named('https_proxy')
  if (httpProxy === '' && httpsProxy === '') return new Agent(options)
  const ProxyAgent = await loadProxyAgent()
  return new ProxyAgent({ ...options, httpProxy, httpsProxy, noProxy: named('no_proxy') })
}

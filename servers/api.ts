/**
 * An HTTP API as many services have one: the same things by every way of paging, behind every way of
 * authentication, with answers that are slow, torn, refused or of 100 MB where a test asks for them.
 */
import { fileURLToPath } from 'node:url'
import { startHttpServer } from './http-server.ts'

export interface ApiServer extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string
  readonly port: number
  /** Requests so far, by path. */
  requests(): Promise<Readonly<Record<string, number>>>
  stop(): Promise<void>
}

export interface ApiOptions {
  /** How many things there are, with ids from 1. */
  readonly things: number
  readonly pageSize?: number
  /** How many requests a token of OAuth is good for. */
  readonly tokenUses?: number
}

/** What `/secure/...` wants to see, one of them. */
export const API_SECRETS = {
  bearer: 'bearer-token-8c1f5e',
  user: 'reader',
  password: 'pass word:&/7d2a',
  key: 'api-key-b71e09+/=',
  clientId: 'ferry-client',
  clientSecret: 'client-secret-51c0aa',
} as const

/** What tokens of OAuth begin with. */
export const TOKEN_PREFIX = 'oauth-token-'

/** Resolves when the server answers. */
export async function startApi(options: ApiOptions): Promise<ApiServer> {
  const main = fileURLToPath(new URL('api/main.ts', import.meta.url))
  const { port, stop } = await startHttpServer(
    'api',
    port => [process.execPath, main, String(port)],
    { FERRY_API: JSON.stringify(options) },
  )
  const url = `http://127.0.0.1:${port}`
  return {
    url,
    port,
    requests: async () =>
      (await (await fetch(`${url}/_requests`)).json()) as Record<string, number>,
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

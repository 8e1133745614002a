import { join } from 'node:path'
import { openAgent } from '../../clouds/http/agent.ts'
import { Transport } from '../../clouds/http/transport.ts'
import { FerryError } from '../../core/errors.ts'
import { DEFAULT_RETRY } from '../../core/retry.ts'
import type { PullSourceConfig } from '../config.ts'
import { stateFolder } from '../edge.ts'
import { isRecord, parseJson } from '../json/parse-json.ts'
import type { PullContext } from '../pull-context.ts'
import type { Redactor } from '../redactor.ts'
import { ApiClient } from './api-client.ts'
import { authenticationOf } from './authentication.ts'
import type { Authentication } from './authorization.ts'
import type { TokenAsker } from './client-credentials.ts'
import { NO_PACE, sharedPace } from './pace.ts'

export interface OpenedClient extends AsyncDisposable {
  readonly client: ApiClient
}

/** Asking for a token is a part of a request, which is tried again as a whole. */
const TOKEN_RETRY = { ...DEFAULT_RETRY, maxAttempts: 3 }

const MOST_TOKEN_BYTES = 1_048_576

export interface ClientLimits {
  /** Whose rate is kept, by all processes together. */
  readonly source: string
  /** Credentials are sent to these alone; it may grow. */
  readonly origins: ReadonlySet<string>
  readonly redactor: Redactor
}

const pacePath = (project: string, source: string): string =>
  join(stateFolder(project), `${source}.pace`)

/** A client of a source's service. */
export async function openClient(
  { auth, timeout, rate }: Pick<PullSourceConfig, 'auth' | 'timeout' | 'rate'>,
  { source, origins, redactor }: ClientLimits,
  { project, environment, signal }: PullContext,
): Promise<OpenedClient> {
  const agent = await openAgent({ environment, stallMs: timeout })
  const transport = new Transport(agent, timeout)
  const shared = { transport, redactor, retry: DEFAULT_RETRY, signal }
  const none: Authentication = {
    authorize: async () => ({ headers: {}, params: {} }),
    renew: () => false,
  }
  const tokens = new ApiClient({
    ...shared,
    retry: TOKEN_RETRY,
    pace: NO_PACE,
    authentication: none,
    origins: new Set(),
  })
  const client = new ApiClient({
    ...shared,
    pace: rate === undefined ? NO_PACE : sharedPace(pacePath(project, source), rate),
    authentication: authenticationOf(auth, tokenAsker(tokens, redactor)),
    origins,
  })
  return { client, [Symbol.asyncDispose]: () => transport.close() }
}

/** What comes of it is a secret from its first moment. */
function tokenAsker(client: ApiClient, redactor: Redactor): TokenAsker {
  return ({ url, headers, form }) =>
    client.fetch({ method: 'POST', url: new URL(url), headers, body: form }, async ({ body }) => {
      const answer = parseJson(await textOf(body))
      if (isRecord(answer) && typeof answer['access_token'] === 'string') {
        redactor.add(answer['access_token'])
      }
      return answer
    })
}

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    chunks.push(chunk)
    size += chunk.length
    if (size > MOST_TOKEN_BYTES) throw new FerryError('TRANSIENT', 'a token’s answer does not end')
  }
  return Buffer.concat(chunks).toString('utf8')
}

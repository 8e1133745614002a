import { FerryError } from '../../core/errors.ts'
import type { AuthConfig } from '../config.ts'
import { isRecord } from '../json/parse-json.ts'
import { basicCredentials } from '../redactor.ts'
import type { Authentication, Authorization } from './authorization.ts'

/** Sends the form to the token's URL, tries again where that can help, and returns the answer's JSON. */
export type TokenAsker = (request: TokenRequest, signal: AbortSignal) => Promise<unknown>

export interface TokenRequest {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly form: string
}

/** A token is renewed when it has less than this left: longer than a request takes to begin. */
const SPARE_MS = 30_000
/** Of a token whose server does not say how long it lives. */
const DEFAULT_LIFE_S = 300

type OauthConfig = NonNullable<AuthConfig['oauth']>

/**
 * OAuth 2.0 with a client's own credentials (RFC 6749, section 4.4). The token is kept in memory for as
 * long as it lives, never on disk; all requests share it, and one that was refused is asked for anew.
 */
export function clientCredentials(config: OauthConfig, ask: TokenAsker): Authentication {
  let current: Promise<Authorization> | undefined
  let renewAtMs = 0
  const fetchToken = async (signal: AbortSignal): Promise<Authorization> => {
    const { token, lifeMs } = readToken(await ask(requestOf(config), signal))
    renewAtMs = Date.now() + Math.max(lifeMs - SPARE_MS, lifeMs / 2)
    return { headers: { authorization: `Bearer ${token}` }, params: {} }
  }
  let held: Authorization | undefined
  return {
    async authorize(signal) {
      if (current === undefined || Date.now() >= renewAtMs) {
        renewAtMs = Number.POSITIVE_INFINITY // who comes meanwhile waits for the same
        current = fetchToken(signal)
      }
      const asked = current
      try {
        held = await asked
        return held
      } catch (error) {
        if (current === asked) current = undefined
        throw error
      }
    },
    renew(sent) {
      if (sent === held) current = undefined // else another request has renewed it already
      return true
    },
  }
}

function requestOf(config: OauthConfig): TokenRequest {
  const { client_id, client_secret, scope, audience, send, token_url: url } = config
  const form = new URLSearchParams({ grant_type: 'client_credentials' })
  if (scope !== undefined) form.set('scope', scope)
  if (audience !== undefined) form.set('audience', audience)
  const headers: Record<string, string> = { 'content-type': 'application/x-www-form-urlencoded' }
  if (send === 'body') {
    form.set('client_id', client_id)
    form.set('client_secret', client_secret)
  } else {
    const [id, secret] = [encodeURIComponent(client_id), encodeURIComponent(client_secret)]
    headers['authorization'] = `Basic ${basicCredentials(id, secret)}`
  }
  return { url, headers, form: form.toString() }
}

function readToken(answer: unknown): { token: string; lifeMs: number } {
  const { access_token: token, expires_in: life } = isRecord(answer) ? answer : {}
  if (typeof token !== 'string' || token === '') {
    throw new FerryError('TRANSIENT', 'the answer to the request for a token has no `access_token`')
  }
  const seconds = Number(life)
  return { token, lifeMs: (seconds > 0 ? seconds : DEFAULT_LIFE_S) * 1_000 }
}

import { randomBytes } from 'node:crypto'
import { FerryError } from '../../core/errors.ts'
import type { WebConfig } from '../config.ts'

type OidcConfig = NonNullable<NonNullable<WebConfig['auth']>['oidc']>

const LOGIN_LASTS_MS = 10 * 60_000
const MOST_LOGINS = 1_000

interface BegunLogin {
  readonly verifier: string
  readonly state: string
  readonly nonce: string
  readonly next: string
  readonly endsAt: number
}

/**
 * Logins by OpenID Connect: the code flow with PKCE, state and nonce, by a certified library. What a
 * login needs until it comes back is here, under a secret that its browser holds as a cookie.
 */
export class OidcLogin {
  readonly #config: OidcConfig
  readonly #begun = new Map<string, BegunLogin>()

  constructor(config: OidcConfig) {
    this.#config = config
  }

  /** Where to send the reader, and the secret of this login. @throws FerryError SERVICE_UNAVAILABLE */
  async begin(redirectUri: string, next: string): Promise<{ url: URL; secret: string }> {
    const oidc = await import('openid-client')
    const verifier = oidc.randomPKCECodeVerifier()
    const login = {
      verifier,
      state: oidc.randomState(),
      nonce: oidc.randomNonce(),
      next,
      endsAt: Date.now() + LOGIN_LASTS_MS,
    }
    const url = oidc.buildAuthorizationUrl(await this.#discover(), {
      redirect_uri: redirectUri,
      scope: 'openid email',
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state: login.state,
      nonce: login.nonce,
    })
    const secret = randomBytes(32).toString('base64url')
    this.#begun.set(secret, login)
    for (const first of this.#begun.keys()) {
      if (this.#begun.size <= MOST_LOGINS) break
      this.#begun.delete(first)
    }
    return { url, secret }
  }

  /** Who came back. A login ends once. @throws FerryError DENIED */
  async end(secret: string, callback: URL): Promise<{ name: string; next: string }> {
    const login = this.#begun.get(secret)
    this.#begun.delete(secret)
    if (login === undefined || login.endsAt < Date.now()) {
      throw new FerryError('DENIED', 'this login was not begun here, or long ago', {
        hint: 'log in again',
      })
    }
    const oidc = await import('openid-client')
    const config = await this.#discover()
    const tokens = await oidc
      .authorizationCodeGrant(config, callback, {
        pkceCodeVerifier: login.verifier,
        expectedState: login.state,
        expectedNonce: login.nonce,
        idTokenExpected: true,
      })
      .catch((error: unknown) => {
        throw new FerryError('DENIED', 'the login was not granted', { cause: error })
      })
    const claims = tokens.claims()
    const [email, isVerified] = [claims?.['email'], claims?.['email_verified']]
    if (typeof email !== 'string' || isVerified === false || !this.#isAllowed(email)) {
      throw new FerryError('DENIED', 'this account may not read these pages', {
        hint: 'ask for it to be put into `web.auth.oidc.allow`',
      })
    }
    return { name: email, next: login.next }
  }

  #isAllowed(email: string): boolean {
    const address = email.toLowerCase()
    return this.#config.allow.some(one =>
      one.startsWith('@') ? address.endsWith(one.toLowerCase()) : address === one.toLowerCase(),
    )
  }

  async #discover() {
    const oidc = await import('openid-client')
    const { issuer, client_id, client_secret } = this.#config
    const url = new URL(issuer)
    const isLocal =
      url.protocol === 'http:' && /^(?:localhost|127\.\d+\.\d+\.\d+)$/.test(url.hostname)
    const options = isLocal ? { execute: [oidc.allowInsecureRequests] } : undefined
    try {
      return await oidc.discovery(url, client_id, client_secret, undefined, options)
    } catch (error) {
      throw new FerryError(
        'SERVICE_UNAVAILABLE',
        `\`${issuer}\` does not answer as OpenID Connect`,
        {
          cause: error,
        },
      )
    }
  }
}

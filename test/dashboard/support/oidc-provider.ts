/** A provider of OpenID Connect that lets everybody in, and answers as it is told. */
import { generateKeyPairSync, randomUUID, sign } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export interface OidcProvider extends AsyncDisposable {
  readonly issuer: string
  /** Of the next logins. */
  claims: Record<string, unknown>
  /** How often the token endpoint was asked with a verifier of PKCE. */
  verified: number
}

export async function startOidcProvider(): Promise<OidcProvider> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
  const nonces = new Map<string, string>()
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}` // it listens on TCP
  const provider: OidcProvider = {
    issuer,
    claims: {},
    verified: 0,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
    },
  }
  return provider

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', issuer)
    const json = (body: object): void => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    }
    if (url.pathname === '/.well-known/openid-configuration') {
      json({
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/keys`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
      })
    } else if (url.pathname === '/keys') {
      json({
        keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k', alg: 'RS256', use: 'sig' }],
      })
    } else if (url.pathname === '/authorize') {
      const code = randomUUID()
      nonces.set(code, url.searchParams.get('nonce') ?? '')
      const back = new URL(url.searchParams.get('redirect_uri') ?? '')
      back.searchParams.set('code', code)
      back.searchParams.set('state', url.searchParams.get('state') ?? '')
      response.writeHead(302, { location: back.href }).end()
    } else {
      const form = new URLSearchParams(await text(request))
      if ((form.get('code_verifier') ?? '').length >= 43) provider.verified += 1
      const now = Math.floor(Date.now() / 1_000)
      const about = {
        iss: issuer,
        aud: 'ferry',
        sub: 'ada',
        iat: now,
        exp: now + 60,
        nonce: nonces.get(form.get('code') ?? ''),
      }
      json({
        access_token: 'x',
        token_type: 'Bearer',
        id_token: jwt({ ...about, ...provider.claims }),
      })
    }
  }

  function jwt(payload: object): string {
    const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url')
    const head = `${encode({ alg: 'RS256', kid: 'k' })}.${encode(payload)}`
    return `${head}.${sign('sha256', Buffer.from(head), privateKey).toString('base64url')}`
  }
}

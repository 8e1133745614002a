import type { AuthConfig } from '../config.ts'
import { basicCredentials } from '../redactor.ts'
import type { Authentication, Authorization } from './authorization.ts'
import { clientCredentials, type TokenAsker } from './client-credentials.ts'

const NOTHING: Authorization = { headers: {}, params: {} }

/** `ask` sends the request for a token. */
export function authenticationOf(auth: AuthConfig | undefined, ask: TokenAsker): Authentication {
  if (auth?.oauth !== undefined) return clientCredentials(auth.oauth, ask)
  const fixed = fixedAuthorization(auth)
  return { authorize: async () => fixed, renew: () => false }
}

function fixedAuthorization(auth: AuthConfig | undefined): Authorization {
  const { bearer, basic, key } = auth ?? {}
  if (bearer !== undefined) return withHeader('authorization', `Bearer ${bearer}`)
  if (basic !== undefined) {
    return withHeader('authorization', `Basic ${basicCredentials(basic.user, basic.password)}`)
  }
  if (key?.header !== undefined) return withHeader(key.header.toLowerCase(), key.value)
  if (key?.query !== undefined) return { headers: {}, params: { [key.query]: key.value } }
  return NOTHING
}

function withHeader(name: string, value: string): Authorization {
  return { headers: { [name]: value }, params: {} }
}

import { FerryError } from '../../core/errors.ts'
import type { Authorizer } from './authorization.ts'

const SCOPE = 'https://storage.azure.com/.default'

/** A token is renewed when it has less than this left: longer than a request takes. */
const SPARE_MS = 300_000

/**
 * Entra ID, by the SDK's default chain: a service principal in the environment, a workload's or a
 * machine's identity, or who is logged in with az, azd or PowerShell.
 */
export function tokenAuthorizer(): Authorizer {
  let current: Promise<Token> | undefined
  let renewAtMs = 0
  const token = (): Promise<Token> => {
    if (current !== undefined && Date.now() < renewAtMs) return current
    renewAtMs = Infinity // who comes meanwhile waits for the same
    current = fetchToken().then(
      fetched => {
        renewAtMs = fetched.expiresAtMs - SPARE_MS
        return fetched
      },
      (error: unknown) => {
        current = undefined
        throw error
      },
    )
    return current
  }
  return {
    kind: 'token',
    authorize: async () => ({ headers: { authorization: (await token()).header }, query: '' }),
  }
}

interface Token {
  readonly header: string
  readonly expiresAtMs: number
}

async function fetchToken(): Promise<Token> {
  try {
    const { DefaultAzureCredential } = await import('./sdk-identity.ts')
    const { token, expiresOnTimestamp } = await new DefaultAzureCredential().getToken(SCOPE)
    return { header: `Bearer ${token}`, expiresAtMs: expiresOnTimestamp }
  } catch (error) {
    throw new FerryError('CONFIG_INVALID', 'no credentials for Azure were found', {
      cause: error,
      hint: 'set AZURE_STORAGE_CONNECTION_STRING, or log in with az login',
    })
  }
}

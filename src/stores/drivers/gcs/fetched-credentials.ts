import { FerryError } from '../../../core/errors.ts'
import type { Credentials, Signer } from './credentials.ts'
import { isRecord, textIn } from './json.ts'
import type { GoogleAuth } from './sdk-auth.ts'

export interface FetchedCredentialsOptions {
  /** Where they come from, for messages. */
  readonly place: string
  readonly keyFilename?: string | undefined
  readonly project?: string | undefined
  readonly quotaProject?: string | undefined
}

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform'

/** The library renews a token some minutes before its end: it is asked this often. */
const ASK_EVERY_MS = 60_000
const ANSWERS_WITHIN_MS = 30_000

/** Credentials whose tokens Google's library fetches; it is loaded when the first is needed. */
export function fetchedCredentials(options: FetchedCredentialsOptions): Credentials {
  const { place, keyFilename, project, quotaProject } = options
  let library: Promise<GoogleAuth> | undefined
  let asked: { readonly token: Promise<string>; readonly until: number } | undefined
  const load = (): Promise<GoogleAuth> =>
    (library ??= import('./sdk-auth.ts').then(({ GoogleAuth }) => {
      return new GoogleAuth({
        scopes: SCOPE,
        ...(keyFilename === undefined ? {} : { keyFilename }),
      })
    }))
  const fetch = async (): Promise<string> => {
    const token = await (await load()).getAccessToken()
    if (!token) throw new Error('no token came')
    return token
  }
  return {
    project,
    quotaProject,
    async token(signal) {
      if (asked === undefined || asked.until <= Date.now()) {
        asked = { token: within(fetch(), place), until: Date.now() + ASK_EVERY_MS }
      }
      const current = asked
      try {
        return await abortable(current.token, signal)
      } catch (error) {
        if (asked === current) asked = undefined
        throw error
      }
    },
    renew() {
      asked = undefined
      library = undefined
      return true
    },
    async signer(signal) {
      const finding = async (): Promise<Signer> => {
        const auth = await load()
        const { client_email: email } = await auth.getCredentials()
        if (!email) throw noAccount(place)
        // By the service that keeps the account's key.
        const sign = async (text: string): Promise<Buffer> =>
          Buffer.from(await abortable(within(auth.sign(text), place), signal), 'base64')
        return { email, sign }
      }
      return abortable(within(finding(), place), signal)
    },
  }
}

function noAccount(place: string): FerryError {
  return new FerryError('UNSUPPORTED', `the credentials of ${place} are of no service account`, {
    hint: 'set GOOGLE_APPLICATION_CREDENTIALS to the key of one: only they can sign URLs',
  })
}

/** Names what failed. The library's own errors hold the request, and with it secrets: none goes on. */
async function within<Result>(work: Promise<Result>, place: string): Promise<Result> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new FerryError('TRANSIENT', `no credentials came from ${place} in time`))
    }, ANSWERS_WITHIN_MS)
  })
  try {
    return await Promise.race([work, late])
  } catch (error) {
    throw error instanceof FerryError ? error : known(error, place)
  } finally {
    clearTimeout(timer)
  }
}

function known(error: unknown, place: string): FerryError {
  const response = isRecord(error) && isRecord(error['response']) ? error['response'] : {}
  const { status, data } = response
  const said = isRecord(data) ? textIn(data, 'error') : undefined
  if (typeof status === 'number' && status >= 500) {
    return new FerryError('TRANSIENT', `credentials could not be fetched: HTTP ${status}`)
  }
  if (typeof status === 'number') {
    const message = `the credentials of ${place} were refused: ${said ?? `HTTP ${status}`}`
    const hint = 'log in anew: gcloud auth application-default login'
    return new FerryError('DENIED', message, { hint })
  }
  return new FerryError('CONFIG_INVALID', `no credentials for Google Cloud came from ${place}`, {
    hint: 'set GOOGLE_APPLICATION_CREDENTIALS, or run gcloud auth application-default login',
  })
}

function abortable<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  signal.throwIfAborted()
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(signal.reason as Error)
    signal.addEventListener('abort', leave, { once: true })
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave))
  })
}

import { FerryError } from '../../../core/errors.ts'
import type { Credentials } from './credentials.ts'
import { readCredentials } from './default-credentials.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** Where the service is and who asks, as Google's own tools take it from the environment. */
export interface Settings {
  readonly endpoint: URL
  /** A stand-in for the service, which needs no credentials. */
  readonly isEmulator: boolean
  /** Who owns the buckets that are made and listed. */
  readonly project: string | undefined
  /** Who pays for the requests, where that is not the bucket's owner. */
  readonly quotaProject: string | undefined
  readonly credentials: Credentials
}

const ENDPOINT = 'https://storage.googleapis.com'

export async function readSettings(environment: Environment): Promise<Settings> {
  const emulator = environment['STORAGE_EMULATOR_HOST'] || undefined
  const override = environment['CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE'] || undefined
  const credentials = await readCredentials(environment, emulator !== undefined)
  return {
    endpoint: endpointOf(emulator, override),
    isEmulator: emulator !== undefined,
    project:
      environment['GOOGLE_CLOUD_PROJECT'] ||
      environment['GCLOUD_PROJECT'] ||
      environment['CLOUDSDK_CORE_PROJECT'] ||
      credentials.project,
    quotaProject: environment['GOOGLE_CLOUD_QUOTA_PROJECT'] || credentials.quotaProject,
    credentials,
  }
}

function endpointOf(emulator: string | undefined, override: string | undefined): URL {
  const name =
    emulator === undefined ? 'CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE' : 'STORAGE_EMULATOR_HOST'
  const given = emulator ?? override ?? ENDPOINT
  // Google's libraries take `localhost:9000` too.
  const text = /^[a-z]+:\/\//.test(given) ? given : `http://${given}`
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '') {
    throw new FerryError('CONFIG_INVALID', 'the endpoint of Google Cloud Storage is no HTTP URL', {
      hint: `set ${name} to the like of http://localhost:9000`,
    })
  }
  return new URL(url.origin)
}

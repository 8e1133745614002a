import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { asLocalIoError, FerryError } from '../../core/errors.ts'
import { type AwsCredentialIdentityProvider, loadSharedConfigFiles } from './sdk.ts'

/** Where a service of AWS is and who asks, as AWS's own tools take it from the environment. */
export interface AwsSettings {
  /** Of a service other than AWS; undefined for AWS, whose hosts follow from the region. */
  readonly endpoint: URL | undefined
  readonly region: string
  readonly isDualStack: boolean
  readonly isFips: boolean
  readonly credentials: AwsCredentialIdentityProvider
  /** What the chosen profile says, by key. */
  readonly profile: Profile
}

/** A service as the names of settings spell it (`s3`, `sqs`), and as messages do. */
export interface AwsService {
  readonly id: string
  readonly name: string
}

export type Environment = Readonly<Record<string, string | undefined>>
type Profile = Readonly<Record<string, string | undefined>>

/** @throws FerryError CONFIG_INVALID (an endpoint that is none) */
export async function readAwsSettings(
  environment: Environment,
  service: AwsService,
): Promise<AwsSettings> {
  const profileName = environment['AWS_PROFILE'] ?? environment['AWS_DEFAULT_PROFILE'] ?? 'default'
  const files = filesOf(environment)
  const { profile, services } = await readProfile(files, profileName, service)
  const setting = (name: string, key: string): string | undefined =>
    environment[name] || profile[key] || undefined
  return {
    endpoint: endpointOf(environment, { ...profile, ...services }, service),
    region: environment['AWS_REGION'] || setting('AWS_DEFAULT_REGION', 'region') || 'us-east-1',
    isDualStack: setting('AWS_USE_DUALSTACK_ENDPOINT', 'use_dualstack_endpoint') === 'true',
    isFips: setting('AWS_USE_FIPS_ENDPOINT', 'use_fips_endpoint') === 'true',
    credentials: credentialsOf(environment, { ...files, profile: profileName }, service),
    profile,
  }
}

/** A certificate authority of the user's own. @throws FerryError INPUT_MISSING, DENIED */
export async function readAuthority(environment: Environment): Promise<string | undefined> {
  const file = environment['AWS_CA_BUNDLE']
  if (!file) return undefined
  return readFile(file, 'utf8').catch((error: unknown) => {
    throw asLocalIoError(error, file)
  })
}

interface Files {
  readonly filepath: string
  readonly configFilepath: string
}

function filesOf(environment: Environment): Files {
  const folder = join(environment['HOME'] ?? homedir(), '.aws')
  return {
    filepath: environment['AWS_SHARED_CREDENTIALS_FILE'] ?? join(folder, 'credentials'),
    configFilepath: environment['AWS_CONFIG_FILE'] ?? join(folder, 'config'),
  }
}

/** A profile of both files, and the service's part of the `services` section that it names. */
async function readProfile(
  files: Files,
  name: string,
  { id }: AwsService,
): Promise<{ profile: Profile; services: Profile }> {
  const { configFile, credentialsFile } = await loadSharedConfigFiles(files)
  const profile = { ...credentialsFile[name], ...configFile[name] }
  const section = configFile[`services.${profile['services'] ?? ''}`] ?? {}
  const url = section[`${id}.endpoint_url`]
  return { profile, services: url === undefined ? {} : { endpoint_url: url } }
}

function endpointOf(
  environment: Environment,
  profile: Profile,
  { id, name }: AwsService,
): URL | undefined {
  if (environment['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS']?.toLowerCase() === 'true') return undefined
  const text =
    environment[`AWS_ENDPOINT_URL_${id.toUpperCase()}`] ||
    environment['AWS_ENDPOINT_URL'] ||
    profile['endpoint_url'] ||
    ''
  if (text === '') return undefined
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '') {
    throw new FerryError('CONFIG_INVALID', `the endpoint of ${name} is no HTTP URL`, {
      hint: `set AWS_ENDPOINT_URL to the like of https://${id}.example.com, without credentials in it`,
    })
  }
  return url
}

/** Keys in the environment win, as in AWS's chain; what comes after them is left to the SDK. */
function credentialsOf(
  environment: Environment,
  init: Files & { readonly profile: string },
  service: AwsService,
): AwsCredentialIdentityProvider {
  const accessKeyId = environment['AWS_ACCESS_KEY_ID']
  const secretAccessKey = environment['AWS_SECRET_ACCESS_KEY']
  if (accessKeyId && secretAccessKey) {
    const sessionToken = environment['AWS_SESSION_TOKEN']
    const identity = { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) }
    return async () => identity
  }
  // Given a profile by name, the SDK's chain passes over what comes before the files.
  const { profile, ...files } = init
  const isNamed = Boolean(environment['AWS_PROFILE'] ?? environment['AWS_DEFAULT_PROFILE'])
  let chain: AwsCredentialIdentityProvider | undefined
  return async () => {
    try {
      chain ??= (await import('./sdk-credentials.ts')).defaultProvider(
        isNamed ? { ...files, profile } : files,
      )
      return await chain()
    } catch (error) {
      throw new FerryError('CONFIG_INVALID', `no credentials for ${service.name} were found`, {
        cause: error,
        hint: 'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE',
      })
    }
  }
}

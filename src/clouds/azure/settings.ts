import { FerryError } from '../../core/errors.ts'
import { type Authorizer, sasAuthorizer } from './authorization.ts'
import {
  type AccountPlace,
  parseConnectionString,
  type StorageService,
} from './connection-string.ts'
import { SharedKey } from './shared-key.ts'
import { tokenAuthorizer } from './tokens.ts'

/** Where an account answers and who asks, as Azure's own tools take it from the environment. */
export interface Settings {
  readonly account: string
  /** Its host may be followed by a path, such as the emulator's `/devstoreaccount1`. */
  readonly endpoint: URL
  readonly authorizer: Authorizer
}

/** What a URL says of the account. */
interface UrlPlace {
  readonly account?: string | undefined
  readonly endpoint?: string | undefined
  /** Secret. */
  readonly sas?: string | undefined
}

type Environment = Readonly<Record<string, string | undefined>>

const NO_ACCOUNT =
  'set AZURE_STORAGE_CONNECTION_STRING or AZURE_STORAGE_ACCOUNT, or name the account in the URL: '
const URL_WITH_ACCOUNT: Readonly<Record<StorageService, string>> = {
  blob: 'https://ACCOUNT.blob.core.windows.net/CONTAINER/',
  queue: 'https://ACCOUNT.queue.core.windows.net/QUEUE',
}

/**
 * The account of the URL, or else that of the environment. Credentials of the environment are sent
 * to the account that they are of, and to no other. @throws FerryError CONFIG_INVALID
 */
export function readSettings(
  url: UrlPlace,
  environment: Environment,
  service: StorageService,
): Settings {
  const text = environment['AZURE_STORAGE_CONNECTION_STRING']
  const connection = text ? parseConnectionString(text, service) : undefined
  const account = url.account ?? connection?.account ?? (environment['AZURE_STORAGE_ACCOUNT'] || '')
  if (account === '') {
    throw new FerryError('CONFIG_INVALID', 'no storage account is named', {
      hint: `${NO_ACCOUNT}${URL_WITH_ACCOUNT[service]}`,
    })
  }
  const known = connection?.account === account ? connection : placeOf(account, environment)
  const endpoint =
    known.endpoint ?? url.endpoint ?? `https://${account}.${service}.core.windows.net`
  return {
    account,
    endpoint: parseEndpoint(endpoint, service),
    authorizer: authorizerOf(known, url),
  }
}

function placeOf(account: string, environment: Environment): AccountPlace {
  const named = environment['AZURE_STORAGE_ACCOUNT'] || account
  if (named !== account) return { account }
  return {
    account,
    endpoint: environment['AZURE_STORAGE_SERVICE_ENDPOINT'] || undefined,
    key: environment['AZURE_STORAGE_ACCESS_KEY'] || environment['AZURE_STORAGE_KEY'] || undefined,
    sas: environment['AZURE_STORAGE_SAS_TOKEN']?.replace(/^\?/, '') || undefined,
  }
}

function parseEndpoint(text: string, service: StorageService): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '') {
    throw new FerryError('CONFIG_INVALID', 'the endpoint of the storage account is no HTTP URL', {
      hint: `set it to the like of https://ACCOUNT.${service}.core.windows.net`,
    })
  }
  return url
}

/** A signature in the URL itself was meant; then a key, a signature, and what Azure's tools know. */
function authorizerOf({ account, key, sas }: AccountPlace, url: UrlPlace): Authorizer {
  if (url.sas !== undefined) return sasAuthorizer(url.sas)
  if (key !== undefined) return new SharedKey(account, key)
  return sas === undefined ? tokenAuthorizer() : sasAuthorizer(sas)
}

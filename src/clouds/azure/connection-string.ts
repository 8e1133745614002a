import { FerryError } from '../../core/errors.ts'

/** What a connection string of Azure says of an account. */
export interface AccountPlace {
  readonly account: string
  /** Where its service is, without a `/` at the end. */
  readonly endpoint?: string | undefined
  /** Base64. Secret. */
  readonly key?: string | undefined
  /** A shared access signature, without its `?`. Secret. */
  readonly sas?: string | undefined
}

/** A service of a storage account. */
export type StorageService = 'blob' | 'queue'

/** The account of the storage emulator; everybody knows its key. */
const DEVELOPMENT = {
  account: 'devstoreaccount1',
  ports: { blob: 10_000, queue: 10_001 },
  key: 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==',
}

/**
 * Reads `Name=value;...` as the Azure portal shows it for a storage account. The order and the case
 * of the names mean nothing. @throws FerryError CONFIG_INVALID, which shows no part of the text
 */
export function parseConnectionString(text: string, service: StorageService): AccountPlace {
  const values = new Map<string, string>()
  for (const setting of text.split(';')) {
    const at = setting.indexOf('=')
    if (at > 0) values.set(setting.slice(0, at).trim().toLowerCase(), setting.slice(at + 1).trim())
  }
  if (values.get('usedevelopmentstorage')?.toLowerCase() === 'true') {
    const { account, ports, key } = DEVELOPMENT
    return { account, endpoint: `http://127.0.0.1:${ports[service]}/${account}`, key }
  }
  const value = (name: string): string | undefined => values.get(name) || undefined
  const endpoint = value(`${service}endpoint`)?.replace(/\/+$/, '')
  const account = value('accountname') ?? (endpoint === undefined ? undefined : accountOf(endpoint))
  if (account === undefined) throw invalid('it names no account')
  const suffix = value('endpointsuffix') ?? 'core.windows.net'
  const protocol = value('defaultendpointsprotocol') ?? 'https'
  return {
    account,
    endpoint: endpoint ?? `${protocol}://${account}.${service}.${suffix}`,
    key: value('accountkey'),
    sas: value('sharedaccesssignature')?.replace(/^\?/, ''),
  }
}

/** `https://acme.blob.core.windows.net` and `http://127.0.0.1:10000/acme` are those of `acme`. */
function accountOf(endpoint: string): string | undefined {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined
  if (url === undefined) throw invalid('its endpoint is no URL')
  const isAddress = /^[\d.]+$|^\[|^localhost$/.test(url.hostname)
  return (isAddress ? url.pathname.split('/')[1] : url.hostname.split('.')[0]) || undefined
}

function invalid(what: string): FerryError {
  return new FerryError(
    'CONFIG_INVALID',
    `AZURE_STORAGE_CONNECTION_STRING cannot be used: ${what}`,
    {
      hint: 'copy it from the account’s page of access keys, or az storage account show-connection-string',
    },
  )
}

import { readFileSync } from 'node:fs'
import { asLocalIoError, FerryError } from '../../core/errors.ts'
import { maskUrl } from '../../core/mask-url.ts'

type Environment = Readonly<Record<string, string | undefined>>

export interface MssqlConfig {
  readonly host: string
  readonly port: number
  /** A named instance, whose port SQL Server Browser tells; then `port` is not used. */
  readonly instance: string | undefined
  readonly database: string | undefined
  readonly login:
    | { readonly kind: 'password'; readonly user: string; readonly password: string }
    /** Entra ID by the default chain: environment, managed identity, `az login`. */
    | { readonly kind: 'entra' }
  /** `strict` is TDS 8.0: TLS before anything else. */
  readonly encrypt: boolean | 'strict'
  readonly trustsAnyCertificate: boolean
  readonly certificateAuthority: string | undefined
  /** Reads from a secondary replica where there is one. */
  readonly readOnly: boolean
  readonly connectTimeoutMs: number
}

const HINT = 'write it as mssql://user@host:1433/database'

/**
 * Reads a URL. What it leaves out comes from MSSQL_HOST, MSSQL_PORT, MSSQL_USER, MSSQL_PASSWORD and
 * MSSQL_DATABASE, then from sqlcmd's SQLCMDSERVER, SQLCMDUSER, SQLCMDPASSWORD and SQLCMDDBNAME.
 * @throws FerryError CONFIG_INVALID
 */
export function parseMssqlUrl(url: string, environment: Environment): MssqlConfig {
  const parsed = URL.parse(url.replace(/^(\w+):\/\/(?=\/|$)/, '$1://ferry-no-host'))
  if (parsed === null || !/^\w+:\/\//.test(url)) {
    throw new FerryError('CONFIG_INVALID', `\`${maskUrl(url)}\` is not a database URL`, {
      hint: HINT,
    })
  }
  const query = parsed.searchParams
  const first = (...names: readonly string[]): string | undefined =>
    names.map(name => environment[name]).find(value => value !== undefined && value !== '')
  const server = serverOf(parsed, first('MSSQL_HOST', 'SQLCMDSERVER'))
  const user = decodeURIComponent(parsed.username) || first('MSSQL_USER', 'SQLCMDUSER')
  const password = decodeURIComponent(parsed.password) || first('MSSQL_PASSWORD', 'SQLCMDPASSWORD')
  const port = parsed.port || server.port || first('MSSQL_PORT') || '1433'
  const database =
    decodeURIComponent(parsed.pathname.slice(1)) || first('MSSQL_DATABASE', 'SQLCMDDBNAME')
  return {
    host: server.host,
    port: parsePort(port, url),
    instance: query.get('instance') ?? server.instance,
    database,
    login: loginOf(query.get('authentication'), user, password, url),
    encrypt: parseEncrypt(query.get('encrypt') ?? 'true', url),
    trustsAnyCertificate: parseFlag('trust_server_certificate', query, url),
    certificateAuthority: readSetting(query.get('ca')),
    readOnly: query.get('application_intent')?.toLowerCase() === 'readonly',
    connectTimeoutMs: Number(query.get('connect_timeout') ?? 30) * 1_000,
  }
}

/** sqlcmd writes `tcp:host\instance,port`. */
function serverOf(
  parsed: URL,
  fromEnvironment: string | undefined,
): { host: string; port: string | undefined; instance: string | undefined } {
  const inUrl = parsed.hostname === 'ferry-no-host' ? '' : decodeURIComponent(parsed.hostname)
  if (inUrl !== '') {
    return { host: inUrl.replace(/^\[(.*)\]$/, '$1'), port: undefined, instance: undefined }
  }
  const [, host = 'localhost', instance, port] =
    /^(?:tcp:)?([^\\,]+)(?:\\([^,]+))?(?:,\s*(\d+))?$/.exec(fromEnvironment ?? 'localhost') ?? []
  return { host, port, instance }
}

function loginOf(
  how: string | null,
  user: string | undefined,
  password: string | undefined,
  url: string,
): MssqlConfig['login'] {
  if (how === 'entra') return { kind: 'entra' }
  if (how !== null && how !== 'password') {
    throw new FerryError('CONFIG_INVALID', `\`${maskUrl(url)}\`: no authentication \`${how}\``, {
      hint: 'choose one of: password, entra',
    })
  }
  if (user !== undefined) return { kind: 'password', user, password: password ?? '' }
  throw new FerryError('CONFIG_INVALID', `\`${maskUrl(url)}\` names no user`, {
    hint: 'add one (or MSSQL_USER and MSSQL_PASSWORD), or ?authentication=entra',
  })
}

function parsePort(text: string, url: string): number {
  const port = Number(text)
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port
  throw new FerryError('CONFIG_INVALID', `\`${maskUrl(url)}\`: \`${text}\` is not a port`)
}

function parseEncrypt(text: string, url: string): boolean | 'strict' {
  if (text === 'true' || text === 'false') return text === 'true'
  if (text === 'strict') return 'strict'
  throw new FerryError('CONFIG_INVALID', `\`${maskUrl(url)}\`: encrypt cannot be \`${text}\``, {
    hint: 'choose one of: true, false, strict',
  })
}

function parseFlag(name: string, query: URLSearchParams, url: string): boolean {
  const text = query.get(name) ?? 'false'
  if (text === 'true' || text === 'false') return text === 'true'
  throw new FerryError('CONFIG_INVALID', `\`${maskUrl(url)}\`: ${name} cannot be \`${text}\``, {
    hint: 'choose one of: true, false',
  })
}

function readSetting(path: string | null): string | undefined {
  if (path === null) return undefined
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw asLocalIoError(error, path)
  }
}

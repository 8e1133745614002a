import { readFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import type { ConnectionOptions } from 'node:tls'
import type { ClientConfig } from 'pg'
import { asLocalIoError, FerryError } from '../../core/errors.ts'
import { maskUrl } from '../../core/mask-url.ts'

const SSL_MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const
type SslMode = (typeof SSL_MODES)[number]

export interface PostgresConfig {
  readonly client: ClientConfig
  /** What to try, in order: with TLS, without. */
  readonly tls: readonly (ConnectionOptions | false)[]
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads a URL as libpq does: what it leaves out comes from PGHOST, PGPORT, PGUSER, PGPASSWORD,
 * PGDATABASE, PGSSLMODE and their like, the password also from `~/.pgpass` (by the driver).
 * @throws FerryError CONFIG_INVALID
 */
export function parsePostgresUrl(url: string, environment: Environment): PostgresConfig {
  const parsed = URL.parse(url.replace(/^postgres(ql)?:\/\/\//, 'postgres://ferry-no-host/'))
  if (parsed === null) {
    throw new FerryError('CONFIG_INVALID', `\`${maskUrl(url)}\` is not a database URL`, {
      hint: 'write it as postgres://user@host:5432/database',
    })
  }
  const setting = (name: string, variable: string): string | undefined =>
    parsed.searchParams.get(name) || environment[variable] || undefined
  const hostInUrl = parsed.hostname === 'ferry-no-host' ? '' : decodeURIComponent(parsed.hostname)
  const host = hostInUrl || setting('host', 'PGHOST') || 'localhost'
  const user =
    decodeURIComponent(parsed.username) || setting('user', 'PGUSER') || userInfo().username
  const database = decodeURIComponent(parsed.pathname.slice(1)) || setting('dbname', 'PGDATABASE')
  const password = decodeURIComponent(parsed.password) || setting('password', 'PGPASSWORD')
  const options = setting('options', 'PGOPTIONS')
  const timeout = setting('connect_timeout', 'PGCONNECT_TIMEOUT')
  return {
    client: {
      host: host.replace(/^\[(.*)\]$/, '$1'),
      port: parsePort(parsed.port || setting('port', 'PGPORT') || '5432', url),
      user,
      database: database ?? user,
      ...(password === undefined ? {} : { password }),
      ...(options === undefined ? {} : { options }),
      application_name: setting('application_name', 'PGAPPNAME') ?? 'ferry',
      connectionTimeoutMillis: timeout === undefined ? 30_000 : Number(timeout) * 1_000,
      keepAlive: true,
    },
    tls: tlsAttempts(parseSslMode(setting('sslmode', 'PGSSLMODE'), host), {
      host,
      ca: readSetting(setting('sslrootcert', 'PGSSLROOTCERT')),
      cert: readSetting(setting('sslcert', 'PGSSLCERT')),
      key: readSetting(setting('sslkey', 'PGSSLKEY')),
    }),
  }
}

function parsePort(text: string, url: string): number {
  const port = Number(text)
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port
  throw new FerryError('CONFIG_INVALID', `\`${maskUrl(url)}\`: \`${text}\` is not a port`)
}

function parseSslMode(text: string | undefined, host: string): SslMode {
  if (host.startsWith('/')) return 'disable' // a Unix socket
  const mode = SSL_MODES.find(known => known === (text ?? 'prefer'))
  if (mode !== undefined) return mode
  throw new FerryError('CONFIG_INVALID', `\`${text}\` is not an sslmode`, {
    hint: `choose one of: ${SSL_MODES.join(', ')}`,
  })
}

interface TlsFiles {
  readonly host: string
  readonly ca: string | undefined
  readonly cert: string | undefined
  readonly key: string | undefined
}

/** As libpq: only verify-ca and verify-full look at the certificate, unless a root is given. */
function tlsAttempts(mode: SslMode, files: TlsFiles): readonly (ConnectionOptions | false)[] {
  const { host, ca, cert, key } = files
  const material = {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    servername: host,
  }
  const unverified = { ...material, rejectUnauthorized: false }
  const withoutName = { ...material, checkServerIdentity: () => undefined }
  switch (mode) {
    case 'disable':
      return [false]
    case 'allow':
      return [false, unverified]
    case 'prefer':
      return [unverified, false]
    case 'require':
      return [ca === undefined ? unverified : withoutName]
    case 'verify-ca':
      return [withoutName]
    case 'verify-full':
      return [material]
    default:
      return mode satisfies never
  }
}

function readSetting(path: string | undefined): string | undefined {
  if (path === undefined || path === 'system') return undefined
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw asLocalIoError(error, path)
  }
}

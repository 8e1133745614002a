import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { userInfo } from 'node:os'
import type { ConnectionOptions, SslOptions } from 'mysql2'
import { asLocalIoError, FerryError } from '../../core/errors.ts'
import { maskUrl } from '../../core/mask-url.ts'
import { nearestName } from '../../core/nearest.ts'
import { readOptionFile } from './option-file.ts'

const SSL_MODES = ['disabled', 'preferred', 'required', 'verify-ca', 'verify-identity'] as const
type SslMode = (typeof SSL_MODES)[number]

/** What a URL may carry behind its question mark. */
const PARAMETERS = [
  'connect-timeout',
  'geometry',
  'socket',
  'ssl-ca',
  'ssl-cert',
  'ssl-key',
  'ssl-mode',
  'time',
  'zero-dates',
] as const
type Parameter = (typeof PARAMETERS)[number]

export interface MysqlConfig {
  readonly client: ConnectionOptions
  /** What to try, in order: with TLS, without. */
  readonly tls: readonly (SslOptions | undefined)[]
  /** For messages. */
  readonly server: string
  readonly reading: ReadingChoices
}

/** How values are read that other engines have no counterpart of. */
export interface ReadingChoices {
  /** `0000-00-00`, and dates with a month or a day 0: refused, or taken for NULL. */
  readonly zeroDates: 'refuse' | 'null'
  /** TIME: a time of the day (what is none is refused), or an interval. */
  readonly time: 'time' | 'interval'
  /** Points, lines and their like: refused, or their well-known text. */
  readonly geometry: 'refuse' | 'text'
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads a URL as MySQL's own tools do their options: what it leaves out comes from the group
 * `[client]` of `~/.my.cnf`, and then from MYSQL_HOST, MYSQL_TCP_PORT, MYSQL_UNIX_PORT and MYSQL_PWD.
 * @throws FerryError CONFIG_INVALID
 */
export function parseMysqlUrl(url: string, environment: Environment): MysqlConfig {
  const withHost = url.replace(/^[a-z]+:\/\/(?:[^/?]*@)?(?=[:/?]|$)/, '$&ferry-no-host')
  const parsed = URL.parse(withHost)
  if (parsed === null) {
    throw new FerryError('CONFIG_INVALID', `\`${maskUrl(url)}\` is not a database URL`, {
      hint: 'write it as mysql://user@host:3306/database',
    })
  }
  const parameters = parseParameters(parsed.searchParams, url)
  const file = readOptionFile(environment)
  const setting = (name: Parameter): string | undefined => parameters.get(name) ?? file[name]
  const hostInUrl = parsed.hostname === 'ferry-no-host' ? '' : decodeURIComponent(parsed.hostname)
  const named = hostInUrl || file['host'] || environment['MYSQL_HOST'] || ''
  const host = (named || 'localhost').replace(/^\[(.*)\]$/, '$1')
  const socketOfTools = file['socket'] ?? environment['MYSQL_UNIX_PORT']
  const socket = parameters.get('socket') ?? (named === '' ? socketOfTools : undefined)
  const port = parsePort(parsed.port || file['port'] || environment['MYSQL_TCP_PORT'], url)
  const password =
    decodeURIComponent(parsed.password) || file['password'] || environment['MYSQL_PWD']
  const database = decodeURIComponent(parsed.pathname.slice(1))
  const mode = file['ssl-verify-server-cert'] === undefined ? undefined : 'verify-identity'
  return {
    server: socket ?? `${host}:${port}`,
    client: {
      ...(socket === undefined ? { host, port } : { socketPath: socket }),
      user: decodeURIComponent(parsed.username) || file['user'] || userInfo().username,
      ...(password === undefined || password === '' ? {} : { password }),
      ...(database === '' ? {} : { database }),
      connectTimeout: Number(setting('connect-timeout') ?? 30) * 1_000,
    },
    tls:
      socket === undefined
        ? tlsAttempts(parseSslMode(setting('ssl-mode') ?? mode, host), {
            ca: readSetting(setting('ssl-ca')),
            cert: readSetting(setting('ssl-cert')),
            key: readSetting(setting('ssl-key')),
          })
        : [undefined],
    reading: {
      zeroDates: choose(parameters, 'zero-dates', ['refuse', 'null'], url),
      time: choose(parameters, 'time', ['time', 'interval'], url),
      geometry: choose(parameters, 'geometry', ['refuse', 'text'], url),
    },
  }
}

/** Names may have underscores for dashes. */
function parseParameters(search: URLSearchParams, url: string): ReadonlyMap<Parameter, string> {
  const parameters = new Map<Parameter, string>()
  for (const [written, value] of search) {
    const name = PARAMETERS.find(known => known === written.replaceAll('_', '-'))
    if (name === undefined) {
      const near = nearestName(written, PARAMETERS)
      throw new FerryError(
        'CONFIG_INVALID',
        `\`${maskUrl(url)}\`: unknown setting \`${written}\``,
        {
          hint:
            near === undefined ? `known: ${PARAMETERS.join(', ')}` : `did you mean \`${near}\`?`,
        },
      )
    }
    parameters.set(name, value)
  }
  return parameters
}

function choose<Choice extends string>(
  parameters: ReadonlyMap<Parameter, string>,
  name: Parameter,
  choices: readonly [Choice, ...Choice[]],
  url: string,
): Choice {
  const wanted = parameters.get(name) ?? choices[0]
  const choice = choices.find(one => one === wanted)
  if (choice !== undefined) return choice
  throw new FerryError('CONFIG_INVALID', `\`${maskUrl(url)}\`: \`${wanted}\` is no \`${name}\``, {
    hint: `choose one of: ${choices.join(', ')}`,
  })
}

function parsePort(text: string | undefined, url: string): number {
  const port = Number(text ?? 3306)
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port
  throw new FerryError('CONFIG_INVALID', `\`${maskUrl(url)}\`: \`${text}\` is not a port`)
}

function parseSslMode(text: string | undefined, host: string): SslMode {
  const wanted = (text ?? 'preferred').toLowerCase().replaceAll('_', '-')
  const mode = SSL_MODES.find(known => known === wanted)
  if (mode === 'verify-identity' && isIP(host) !== 0) {
    // The driver would compare the certificate with `localhost`.
    throw new FerryError('CONFIG_INVALID', `verify-identity needs a host name, not \`${host}\``, {
      hint: 'write the name that the certificate has, or use ssl-mode=verify-ca',
    })
  }
  if (mode !== undefined) return mode
  throw new FerryError('CONFIG_INVALID', `\`${text}\` is not an ssl-mode`, {
    hint: `choose one of: ${SSL_MODES.join(', ')}`,
  })
}

interface TlsFiles {
  readonly ca: string | undefined
  readonly cert: string | undefined
  readonly key: string | undefined
}

/** As MySQL's client: only verify-ca and verify-identity look at the certificate. */
function tlsAttempts(mode: SslMode, files: TlsFiles): readonly (SslOptions | undefined)[] {
  const material = {
    ...(files.ca === undefined ? {} : { ca: files.ca }),
    ...(files.cert === undefined ? {} : { cert: files.cert }),
    ...(files.key === undefined ? {} : { key: files.key }),
  }
  switch (mode) {
    case 'disabled':
      return [undefined]
    case 'preferred':
      return [{ ...material, rejectUnauthorized: false }, undefined]
    case 'required':
      return [{ ...material, rejectUnauthorized: false }]
    case 'verify-ca':
      return [{ ...material, verifyIdentity: false }]
    case 'verify-identity':
      return [{ ...material, verifyIdentity: true }]
    default:
      return mode satisfies never
  }
}

function readSetting(path: string | undefined): string | undefined {
  if (path === undefined || path === '') return undefined
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw asLocalIoError(error, path)
  }
}

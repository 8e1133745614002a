import { createHash } from 'node:crypto'
import { basename, extname, join, relative, resolve } from 'node:path'
import { FerryError } from '../../core/errors.ts'
import { nearestName } from '../../core/nearest.ts'
import { socketPlace } from '../../core/unix-socket.ts'

/** An embedded warehouse: its file, and the files of the process that owns it. */
export interface WarehouseFiles {
  readonly url: string
  readonly projectDirectory: string
  /** Absolute path of the database file. */
  readonly database: string
  readonly socket: string
  /** Set when the socket is not in `.ferry/`: a folder that only this user may enter. */
  readonly privateDirectory: string | undefined
  /** Held by the owner while it lives. */
  readonly ownerLock: string
  /** Held by whoever starts an owner, until it listens. */
  readonly startLock: string
  readonly log: string
  /** What does not fit into memory, and results on their way. */
  readonly temporaryDirectory: string
  readonly settings: Readonly<Record<string, string>>
}

/** Settings that a URL may carry: `duckdb:./warehouse.duckdb?memory_limit=2GB`. */
const SETTINGS = ['memory_limit', 'threads', 'timezone', 'max_temp_directory_size'] as const

/** The owner, its sessions and what Node itself takes fit into 1 GB. */
const DEFAULT_MEMORY_LIMIT = '512MB'

/** @throws FerryError CONFIG_INVALID */
export function parseDuckdbUrl(url: string, projectDirectory: string): WarehouseFiles {
  const [path = '', query = ''] = url.replace(/^duckdb:/, '').split('?', 2)
  if (path === '' || path.startsWith(':') || path.endsWith('/')) {
    throw new FerryError('CONFIG_INVALID', `\`${url}\` does not name a database file`, {
      hint: 'write it as duckdb:./warehouse.duckdb',
    })
  }
  const database = resolve(projectDirectory, path)
  const name = warehouseName(relative(projectDirectory, database))
  const state = join(projectDirectory, '.ferry')
  const place = socketPlace(join(state, `${name}.sock`), `${hash(database)}.sock`)
  return {
    url,
    projectDirectory,
    database,
    socket: place.path,
    privateDirectory: place.privateDirectory,
    ownerLock: join(state, `${name}.lock`),
    startLock: join(state, `${name}.start.lock`),
    log: join(state, `${name}.log`),
    temporaryDirectory: join(state, `${name}.tmp`),
    settings: { memory_limit: DEFAULT_MEMORY_LIMIT, timezone: 'UTC', ...parseSettings(url, query) },
  }
}

function parseSettings(url: string, query: string): Record<string, string> {
  const settings: Record<string, string> = {}
  for (const [name, value] of new URLSearchParams(query)) {
    if (!SETTINGS.some(known => known === name)) {
      const near = nearestName(name, SETTINGS)
      throw new FerryError('CONFIG_INVALID', `\`${url}\`: unknown setting \`${name}\``, {
        hint: near === undefined ? `known: ${SETTINGS.join(', ')}` : `did you mean \`${near}\`?`,
      })
    }
    settings[name] = value
  }
  return settings
}

/** `warehouse-hot` for `hot.duckdb` in the project directory; elsewhere a hash keeps names apart. */
function warehouseName(path: string): string {
  const stem = basename(path, extname(path))
  return path === basename(path) && extname(path) === '.duckdb'
    ? `warehouse-${stem}`
    : `warehouse-${stem}-${hash(path).slice(0, 6)}`
}

const hash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16)

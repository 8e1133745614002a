/**
 * A real PostgreSQL for the demo and the tests: started in a second, thrown away after. It listens
 * on loopback only and trusts whoever connects, does not sync to the disk, and must therefore never
 * hold anything that matters. It never outlives its owner, nor does a temporary data directory.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chown, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { cleanEnvironment, end, freePort, lastLines, readLog, spawnOnLeash } from './leash.ts'
import { type Account, findPostgresBinaries } from './postgres-binaries.ts'
import type { OldMajor } from './postgres-package.ts'

const STARTS_WITHIN_MS = 30_000
/** A Unix socket's path has at most 107 bytes, of which PostgreSQL takes some 20. */
const LONGEST_SOCKET_FOLDER = 85

/** Speed before safety: the data can be made again. */
const SETTINGS: Readonly<Record<string, string>> = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '1GB',
  shared_buffers: '64MB',
  max_connections: '60',
  timezone: 'UTC',
  log_timezone: 'UTC',
  lc_messages: 'C',
}

export interface PostgresOptions {
  /** Kept after the server stops, and taken up again. Default: a temporary one, removed at the end. */
  readonly dataDir?: string
  /** Default: a free one. */
  readonly port?: number
  /** Settings of postgresql.conf, over the throw-away defaults. */
  readonly settings?: Readonly<Record<string, string>>
  /** An older version than the newest. */
  readonly major?: OldMajor
}

export interface PostgresServer extends AsyncDisposable {
  /** Of the superuser `postgres` and the database `postgres`; no password. */
  readonly url: string
  readonly port: number
  /** The same for programs that read PGHOST and friends. */
  readonly env: { PGHOST: string; PGPORT: string; PGUSER: string; PGDATABASE: string }
  readonly dataDir: string
  /** Of the process that keeps the server on its leash. */
  readonly pid: number
  /** Breaks off what still runs and resolves when the server is gone. May be called twice. */
  stop(): Promise<void>
}

/**
 * Resolves when the server answers.
 * @throws Error with the end of the server's log when it does not
 */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const account = unprivilegedAccount()
  const binaries = await findPostgresBinaries(account, options.major)
  for (let triesLeft = options.port === undefined ? 3 : 1; ; ) {
    const dataDir = await makeDataDirectory(options, binaries, account)
    const port = options.port ?? (await freePort())
    const child = spawnServer({ binaries, dataDir, port, account, options })
    try {
      await untilReady(child, port, dataDir)
      return serverOf(child, port, dataDir)
    } catch (error) {
      await end(child)
      triesLeft -= 1 // somebody may have taken the free port in the meantime
      if (triesLeft === 0) throw error
    }
  }
}

/** Root gives the server to `nobody`; everybody else runs it as themselves. */
function unprivilegedAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined
  const number = (flag: string): number =>
    Number.parseInt(spawnSync('id', [flag, 'nobody'], { encoding: 'utf8' }).stdout, 10) || 65_534
  return { uid: number('-u'), gid: number('-g') }
}

async function makeDataDirectory(
  { dataDir: wanted, major }: PostgresOptions,
  binaries: string,
  account: Account | undefined,
): Promise<string> {
  const dataDir =
    wanted === undefined ? await mkdtemp(join(tmpdir(), 'ferry-pg-')) : resolve(wanted)
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  if (account !== undefined) await chown(dataDir, account.uid, account.gid)
  if ((await readLog(join(dataDir, 'PG_VERSION'))) !== '') return dataDir
  const args = ['-D', dataDir, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync']
  const locale =
    major === undefined
      ? ['--locale-provider=builtin', '--locale=C.UTF-8', '--no-instructions']
      : ['--locale=C']
  const initdb = spawn(join(binaries, 'bin', 'initdb'), [...args, ...locale], {
    cwd: dataDir,
    env: cleanEnvironment(),
    stdio: ['ignore', 'ignore', 'pipe'],
    ...account,
  })
  let said = ''
  initdb.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  const [code] = await once(initdb, 'close')
  if (code === 0) return dataDir
  if (wanted === undefined) await rm(dataDir, { recursive: true, force: true })
  throw new Error(`initdb could not fill \`${dataDir}\`: ${said.trim()}`)
}

interface Start {
  readonly binaries: string
  readonly dataDir: string
  readonly port: number
  readonly account: Account | undefined
  readonly options: PostgresOptions
}

function spawnServer({ binaries, dataDir, port, account, options }: Start): ChildProcess {
  const sockets = dataDir.length > LONGEST_SOCKET_FOLDER ? '' : dataDir
  const fixed = { port: String(port), listen_addresses: '127.0.0.1' }
  const log = { unix_socket_directories: sockets, logging_collector: 'off' }
  const settings = Object.entries({ ...SETTINGS, ...options.settings, ...fixed, ...log })
  const server = [
    join(binaries, 'bin', 'postgres'),
    '-D',
    dataDir,
    ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ]
  const temporary = options.dataDir === undefined ? dataDir : ''
  return spawnOnLeash(server, { cwd: dataDir, log: LOG, temporary, signal: 'INT', account })
}

const LOG = 'server.log'

/** Ready when the server that answers on the port is the one of this data directory. */
async function untilReady(child: ChildProcess, port: number, dataDir: string): Promise<void> {
  const deadline = Date.now() + STARTS_WITHIN_MS
  for (;;) {
    const seen = await dataDirectoryOf(port)
    if (seen === dataDir) return
    const log = await readLog(join(dataDir, LOG))
    if (child.exitCode !== null || child.signalCode !== null || seen !== undefined) {
      throw new Error(`PostgreSQL did not start on port ${port}: ${lastLines(log)}`)
    }
    if (Date.now() > deadline) {
      throw new Error(
        `PostgreSQL did not answer in ${STARTS_WITHIN_MS / 1000} s: ${lastLines(log)}`,
      )
    }
    await sleep(25)
  }
}

async function dataDirectoryOf(port: number): Promise<string | undefined> {
  const client = new Client(urlOf(port))
  client.on('error', () => undefined) // told by connect() or query()
  try {
    await client.connect()
    const result = await client.query<{ data_directory: string }>('show data_directory')
    return result.rows[0]?.data_directory
  } catch {
    return undefined // not yet: it is asked again until the deadline
  } finally {
    await client.end().catch(() => undefined) // it may never have been connected
  }
}

function serverOf(child: ChildProcess, port: number, dataDir: string): PostgresServer {
  const stop = (): Promise<void> => end(child)
  return {
    url: urlOf(port),
    port,
    env: { PGHOST: '127.0.0.1', PGPORT: String(port), PGUSER: 'postgres', PGDATABASE: 'postgres' },
    dataDir,
    pid: child.pid ?? 0,
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

function urlOf(port: number): string {
  return `postgres://postgres@127.0.0.1:${port}/postgres`
}

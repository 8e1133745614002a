/**
 * A real MariaDB for the tests: started in a second or two, thrown away after. It listens on loopback
 * only, knows a user `root` without a password, does not sync to the disk, and must therefore never
 * hold anything that matters. It never outlives its owner, nor does its data directory.
 */
import { type ChildProcess, spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { cleanEnvironment, end, freePort, lastLines, readLog, spawnOnLeash } from './leash.ts'
import { findMariadb, type MariadbPackage } from './mariadb-package.ts'

const STARTS_WITHIN_MS = 30_000

/** Speed before safety: the data can be made again. */
const SETTINGS: Readonly<Record<string, string>> = {
  'bind-address': '127.0.0.1',
  'character-set-server': 'utf8mb4',
  'innodb-buffer-pool-size': '64M',
  'innodb-flush-log-at-trx-commit': '0',
  'innodb-flush-method': 'nosync',
  'innodb-log-file-size': '16M',
  'max-allowed-packet': '256M',
  'max-connections': '60',
  'skip-name-resolve': '1',
}

export interface MariadbOptions {
  /** Options of mariadbd without their dashes, over the throw-away defaults. */
  readonly settings?: Readonly<Record<string, string>>
}

export interface MariadbServer extends AsyncDisposable {
  /** Of the user `root` and the database `ferry`; no password. */
  readonly url: string
  readonly port: number
  readonly socket: string
  /** For running one of MariaDB's own programs: its path, and the environment that it needs. */
  program(name: string): { readonly path: string; readonly env: Readonly<Record<string, string>> }
  /** Runs statements by MariaDB's own client. @throws Error with what it said */
  run(sql: string): void
  /** Breaks off what still runs and resolves when the server is gone. May be called twice. */
  stop(): Promise<void>
}

/**
 * Resolves when the server answers.
 * @throws Error with the end of the server's log when it does not
 */
export async function startMariadb(options: MariadbOptions = {}): Promise<MariadbServer> {
  const found = await findMariadb()
  for (let triesLeft = 3; ; ) {
    const dataDir = await makeDataDirectory(found)
    const port = await freePort()
    const child = spawnServer({ found, dataDir, port, options })
    const server = serverOf({ found, dataDir, port, child })
    try {
      await untilReady(child, server, dataDir)
      server.run('CREATE DATABASE ferry')
      return server
    } catch (error) {
      await end(child)
      triesLeft -= 1 // somebody may have taken the free port in the meantime
      if (triesLeft === 0) throw error
    }
  }
}

/** Root may run the server if it says so. */
const USER = process.getuid?.() === 0 ? ['--user=root'] : []

function environmentOf(found: MariadbPackage): Record<string, string> {
  return { ...cleanEnvironment(), LD_LIBRARY_PATH: found.libraries }
}

async function makeDataDirectory(found: MariadbPackage): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'ferry-mariadb-'))
  const script = join(found.home, 'bin/mariadb-install-db')
  const where = ['--no-defaults', `--basedir=${found.home}`, `--datadir=${dataDir}`]
  const how = ['--auth-root-authentication-method=normal', '--skip-test-db', ...USER]
  const own = [
    `--innodb-log-file-size=${SETTINGS['innodb-log-file-size']}`,
    `--tmpdir=${dataDir}`, // shared with others, one takes the temporary tables of another away
  ]
  const made = spawnSync('/bin/sh', [script, ...where, ...how, ...own], {
    env: environmentOf(found),
    encoding: 'utf8',
  })
  if (made.status === 0) return dataDir
  await rm(dataDir, { recursive: true, force: true })
  throw new Error(`mariadb-install-db could not fill \`${dataDir}\`: ${lastLines(made.stderr)}`)
}

interface Start {
  readonly found: MariadbPackage
  readonly dataDir: string
  readonly port: number
}

const LOG = 'server.log'
const SOCKET = 'm.sock'

function spawnServer({ found, dataDir, port, options }: Start & { options: MariadbOptions }) {
  const settings = {
    ...SETTINGS,
    ...options.settings,
    basedir: found.home,
    datadir: dataDir,
    tmpdir: dataDir,
    port: String(port),
    socket: join(dataDir, SOCKET),
    'pid-file': join(dataDir, 'server.pid'),
  }
  const server = [
    join(found.home, 'sbin/mariadbd'),
    '--no-defaults',
    ...USER,
    ...Object.entries(settings).map(([name, value]) => `--${name}=${value}`),
  ]
  return spawnOnLeash(server, {
    cwd: dataDir,
    log: LOG,
    temporary: dataDir,
    signal: 'KILL',
    env: { LD_LIBRARY_PATH: found.libraries },
  })
}

/** Its socket is in its own data directory: whoever answers there is this server. */
async function untilReady(
  child: ChildProcess,
  server: MariadbServer,
  dataDir: string,
): Promise<void> {
  const deadline = Date.now() + STARTS_WITHIN_MS
  for (;;) {
    const failure = attempt(() => server.run('SELECT 1'))
    if (failure === undefined) return
    if (child.exitCode !== null || child.signalCode !== null || Date.now() > deadline) {
      const log = await readLog(join(dataDir, LOG))
      throw new Error(`MariaDB did not start: ${lastLines(log)}`, { cause: failure })
    }
    await sleep(50)
  }
}

function attempt(work: () => void): unknown {
  try {
    work()
    return undefined
  } catch (error) {
    return error
  }
}

function serverOf({ found, dataDir, port, child }: Start & { child: ChildProcess }): MariadbServer {
  const stop = (): Promise<void> => end(child)
  const socket = join(dataDir, SOCKET)
  const program: MariadbServer['program'] = name => ({
    path: join(found.home, 'bin', name),
    env: environmentOf(found),
  })
  return {
    url: `mysql://root@127.0.0.1:${port}/ferry`,
    port,
    socket,
    program,
    run(sql) {
      const { path, env } = program('mariadb')
      const args = ['--no-defaults', `--socket=${socket}`, '--user=root', '--batch']
      const ran = spawnSync(path, args, { env, input: sql, encoding: 'utf8' })
      if (ran.status !== 0) throw new Error(`mariadb: ${ran.error?.message ?? ran.stderr.trim()}`)
    },
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

import { mkdir, open, readdir, rm, stat } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { basename, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { FerryError, systemErrorCode, toErrorRecord } from '../../core/errors.ts'
import { tryFileLock } from '../../core/file-lock.ts'
import type { Logger } from '../../core/logger.ts'
import { buildIdentity } from '../../core/build-identity.ts'
import type { WarehouseFiles } from './config.ts'
import { asDuckdbFailure } from './errors.ts'
import { type OwnerStatus, readFrames, type Reply, type Request, sendFrame } from './frames.ts'
import { tryLink } from './owner-link.ts'
import { OwnerSession } from './owner-session.ts'

/** How long a new owner waits for one that is just closing the database. */
const LOCK_WITHIN_MS = 20_000
const LOCK_EVERY_MS = 20
/** How long an owner that could not open the database tells so before it goes. */
const FAILURE_STAYS_MS = 250

export interface OwnerOptions {
  /** How long to stay without any session or lease. */
  readonly idleMs: number
  readonly signal: AbortSignal
  readonly logger: Logger
}

/**
 * Owns the database file and serves sessions on the socket until nobody has needed it for
 * `idleMs`, until it is told to stop, until an owner of another build wants its place, or until
 * DuckDB gave the database up (a disk that filled up while it wrote a checkpoint): the next owner
 * opens it with all that was committed. Returns at once when another owner is there already.
 */
export async function serveWarehouse(files: WarehouseFiles, options: OwnerOptions): Promise<void> {
  const lock = await lockOwnership(files)
  if (lock === undefined) return
  try {
    const owner = new Owner(files, await buildIdentity(), options)
    await owner.serve()
  } finally {
    lock.release()
  }
}

async function lockOwnership(files: WarehouseFiles): Promise<ReturnType<typeof tryFileLock>> {
  const deadline = Date.now() + LOCK_WITHIN_MS
  for (;;) {
    const lock = tryFileLock(files.ownerLock)
    if (lock !== undefined || Date.now() > deadline) return lock
    const other = await tryLink(files.socket)
    if (other !== undefined) {
      other.close()
      return undefined
    }
    await sleep(LOCK_EVERY_MS)
  }
}

class Owner {
  readonly #files: WarehouseFiles
  readonly #build: string
  readonly #options: OwnerOptions
  readonly #startedAt = new Date().toISOString()
  readonly #sessions = new Map<Socket, OwnerSession>()
  readonly #leases = new Set<Socket>()
  readonly #sockets = new Set<Socket>()
  readonly #done = Promise.withResolvers<void>()
  /** Named pipes whose sessions have closed them: empty, and nobody has them open. */
  readonly #freeFifos: string[] = []
  #fifosNamed = 0
  #instance: Promise<DuckDBInstance> | undefined
  #openedInode: bigint | undefined
  #idleTimer: NodeJS.Timeout | undefined
  #isLeaving = false
  #hasFailed = false

  constructor(files: WarehouseFiles, build: string, options: OwnerOptions) {
    this.#files = files
    this.#build = build
    this.#options = options
  }

  async serve(): Promise<void> {
    const files = this.#files
    await rm(files.socket, { force: true })
    await removeFifos(files) // of an owner that was killed
    await rm(files.temporaryDirectory, { recursive: true, force: true })
    await mkdir(files.temporaryDirectory, { recursive: true, mode: 0o700 })
    const stop = (): void => this.#leave()
    this.#options.signal.addEventListener('abort', stop, { once: true })
    const server = await listen(files.socket, socket => void this.#serveSocket(socket))
    this.#instance = this.#open()
    // Told to everyone who asks within a moment, see #greet; then the next one may try anew.
    this.#instance.catch(() => {
      this.#hasFailed = true
      setTimeout(() => this.#leave(), FAILURE_STAYS_MS)
    })
    this.#watchIdle()
    await this.#done.promise
    clearTimeout(this.#idleTimer)
    this.#options.signal.removeEventListener('abort', stop)
    server.close() // takes the socket's file away, so that newcomers start a new owner
    await Promise.all([...this.#sessions.values()].map(session => session.close()))
    const instance = await this.#instance.catch(() => undefined)
    instance?.closeSync()
    for (const socket of this.#sockets) socket.destroy()
    await removeFifos(files)
    await rm(files.temporaryDirectory, { recursive: true, force: true })
  }

  async #open(): Promise<DuckDBInstance> {
    const { database, settings, temporaryDirectory } = this.#files
    const { timezone = 'UTC', ...more } = settings
    try {
      const instance = await DuckDBInstance.create(database, {
        errors_as_json: 'true',
        autoinstall_known_extensions: 'false',
        autoload_known_extensions: 'false',
        temp_directory: temporaryDirectory,
        ...more,
      })
      const connection = await instance.connect()
      await connection.run(`SET GLOBAL TimeZone = '${timezone.replaceAll("'", "''")}'`)
      connection.disconnectSync()
      this.#openedInode = await inodeOf(database)
      return instance
    } catch (error) {
      throw await openingFailure(error, database)
    }
  }

  async #serveSocket(socket: Socket): Promise<void> {
    this.#sockets.add(socket)
    clearTimeout(this.#idleTimer)
    socket.on('error', () => {}) // a session that vanished; the end of its frames tells
    try {
      const frames = readFrames<Request>(socket)
      const first = await frames.next()
      if (first.done === true) return
      const session = await this.#greet(socket, first.value.header)
      if (session === undefined) return
      let queue = Promise.resolve()
      for await (const { header } of frames) {
        if (header.op === 'cancel') void session.interrupt()
        else if (header.op === 'release') this.#freeFifo(session)
        else queue = queue.then(() => runRequest(session, header))
      }
    } catch (error) {
      this.#options.logger.warn(error instanceof Error ? error.message : String(error))
    } finally {
      await this.#forget(socket)
    }
  }

  /** The session of a newcomer, or undefined when it wanted something else. */
  async #greet(socket: Socket, request: Request): Promise<OwnerSession | undefined> {
    const send = (reply: Reply, body?: Uint8Array): Promise<void> => sendFrame(socket, reply, body)
    if (request.op === 'status') {
      await send({ kind: 'done', status: this.#status() })
      return undefined
    }
    if (request.op === 'stop') {
      await send({ kind: 'done', pid: process.pid })
      this.#leave()
      return undefined
    }
    if (request.op !== 'hello') return undefined
    if (request.lease === true) {
      this.#leases.add(socket)
      await send({ kind: 'done', pid: process.pid })
      await new Promise(resolve => socket.once('close', resolve).resume())
      return undefined
    }
    let connection: DuckDBConnection
    // A failure is told to those who waited for it; who comes later tries anew.
    const comesTooLate = this.#hasFailed
    try {
      const instance = comesTooLate ? undefined : await this.#instance
      if (instance === undefined || (await this.#isOutdated(request))) {
        await send({ kind: 'retiring', pid: process.pid, sessions: this.#sessions.size })
        return undefined
      }
      connection = await instance.connect()
    } catch (error) {
      await send({ kind: 'error', error: toErrorRecord(error) })
      return undefined
    }
    const session = new OwnerSession(connection, send, () => this.#leave())
    this.#sessions.set(socket, session)
    await send({ kind: 'done', pid: process.pid, fifo: this.#nameFifo(session) })
    return session
  }

  /** True when this owner must make room; it goes as soon as no session is left. */
  async #isOutdated(hello: { build: string; database: string }): Promise<boolean> {
    const { database } = this.#files
    const isCurrent =
      !this.#isLeaving &&
      hello.build === this.#build &&
      hello.database === database &&
      (await inodeOf(database)) === this.#openedInode
    if (isCurrent) return false
    if (this.#sessions.size === 0) this.#leave()
    return true
  }

  async #forget(socket: Socket): Promise<void> {
    const session = this.#sessions.get(socket)
    await session?.close()
    this.#sessions.delete(socket)
    this.#leases.delete(socket)
    this.#sockets.delete(socket)
    socket.destroy()
    this.#watchIdle()
  }

  #nameFifo(session: OwnerSession): string {
    this.#fifosNamed += 1
    // Ours by its process: a session that an earlier owner served may still have its pipe open.
    const name = `${fifoStem(this.#files)}${process.pid}-${this.#fifosNamed}.fifo`
    session.fifo = this.#freeFifos.pop() ?? name
    return session.fifo
  }

  #freeFifo(session: OwnerSession): void {
    if (session.fifo !== undefined) this.#freeFifos.push(session.fifo)
    session.fifo = undefined
  }

  #watchIdle(): void {
    clearTimeout(this.#idleTimer)
    if (this.#sockets.size > 0 || this.#isLeaving) return
    this.#idleTimer = setTimeout(() => this.#leave(), this.#options.idleMs)
  }

  #leave(): void {
    this.#isLeaving = true
    this.#done.resolve()
  }

  #status(): OwnerStatus {
    return {
      pid: process.pid,
      database: this.#files.database,
      build: this.#build,
      sessions: this.#sessions.size,
      leases: this.#leases.size,
      queries: [...this.#sessions.values()].filter(session => session.isRunning).length,
      startedAt: this.#startedAt,
    }
  }
}

async function runRequest(session: OwnerSession, request: Request): Promise<void> {
  if (request.op === 'execute') {
    await session.run(request.statement, () => session.execute(request.statement))
  } else if (request.op === 'export') {
    await session.run(request.statement, () => session.export(request))
  } else if (request.op === 'file') {
    await session.run(request.statement, () => session.exportFile(request.statement, request.path))
  }
}

/** Listens with a socket file that only this user can connect to. */
async function listen(path: string, serve: (socket: Socket) => void): Promise<Server> {
  const server = createServer(serve)
  const umask = process.umask(0o177)
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(path, resolve)
    })
  } finally {
    process.umask(umask)
  }
  return server
}

const fifoStem = ({ socket }: WarehouseFiles): string => socket.replace(/sock$/, '')

async function removeFifos(files: WarehouseFiles): Promise<void> {
  const stem = fifoStem(files)
  const stale = (await readdir(dirname(stem))).filter(
    name =>
      name.startsWith(basename(stem)) && /^\d+-\d+\.fifo$/.test(name.slice(basename(stem).length)),
  )
  await Promise.all(stale.map(name => rm(join(dirname(stem), name), { force: true })))
}

async function inodeOf(path: string): Promise<bigint | undefined> {
  return stat(path, { bigint: true }).then(
    found => found.ino,
    () => undefined, // gone, which is what the caller wants to know
  )
}

/** DuckDB has no code for what may be wrong with the file: it is looked at. */
async function openingFailure(error: unknown, database: string): Promise<FerryError> {
  const failure = asDuckdbFailure(error)
  const holder = /\(PID (\d+)\)/.exec(failure.message)?.[1]
  if (holder !== undefined) {
    return new FerryError(
      'BUSY',
      `\`${database}\` is open in another program (process ${holder})`,
      {
        cause: error,
        hint: 'close that program, then try again; one process at a time can own a DuckDB file',
        details: { pid: Number(holder) },
      },
    )
  }
  if (await isDuckdbFile(database)) return failure
  return new FerryError('DATA_INVALID', `\`${database}\` is not a valid DuckDB database file`, {
    cause: error,
    hint: 'name another file in ferry.yaml (warehouses), or move this one away',
  })
}

/**
 * Whether a file has DuckDB's mark, `DUCK` after the first eight bytes. True for one that cannot be
 * read: what DuckDB says of it stands. @see https://duckdb.org/docs/stable/internals/storage
 */
async function isDuckdbFile(path: string): Promise<boolean> {
  try {
    await using file = await open(path)
    const { buffer } = await file.read(Buffer.alloc(12), 0, 12, 0)
    return buffer.toString('latin1', 8, 12) === 'DUCK'
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error
    return true
  }
}

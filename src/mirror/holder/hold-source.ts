import { rm } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { toErrorRecord } from '../../core/errors.ts'
import { tryFileLock } from '../../core/file-lock.ts'
import type { Engine } from '../../databases/engine.ts'
import type { SourceSettings } from '../source-settings.ts'
import { tasksOf } from '../table-task.ts'
import { sourceReaderOf, takeMoment } from '../take-moment.ts'
import { holderFiles } from './holder-files.ts'
import { Leases } from './leases.ts'
import {
  type LeaseRequest,
  type ReadNote,
  readLines,
  sendLine,
  settingsDigest,
} from './messages.ts'

/** Between two make targets of a night there is less. */
const IDLE_MS = 15_000
const POLL_MS = 500

/**
 * Holds the moment of a source for all processes of a night, and counts their connections, until nobody
 * has asked for a while. Returns at once where another process does so already.
 */
export async function holdSource(engine: Engine, settings: SourceSettings): Promise<void> {
  const { config, name, projectDirectory, signal } = settings
  const files = await holderFiles(projectDirectory, name)
  const lock = tryFileLock(files.lock)
  if (lock === undefined) return
  const isShared = sourceReaderOf(engine, name).capabilities.sharedSnapshots
  const leases = new Leases({
    // A shared moment takes a connection of its own beside the first reader's.
    connections: Math.max(isShared ? 2 : 1, config.connections),
    take: isShared ? () => takeMoment(engine, settings, tasksOf(name, config)) : undefined,
    maxAgeMs: config.snapshot_age,
    now: () => performance.now(),
  })
  const retired = new AbortController()
  const digest = settingsDigest(config)
  let lastAskedAt = performance.now()
  const server = createServer(socket => {
    lastAskedAt = performance.now()
    void serve(socket, leases, digest, retired).finally(() => {
      lastAskedAt = performance.now()
    })
  })
  await rm(files.socket, { force: true }) // of a holder that was killed: the lock is ours
  server.listen(files.socket)
  await once(server, 'listening')
  const isWanted = (): boolean =>
    !leases.isIdle || (!retired.signal.aborted && performance.now() - lastAskedAt < IDLE_MS)
  while (!signal.aborted && isWanted()) {
    await sleep(POLL_MS)
    if (retired.signal.aborted) stopListening(server, lock)
  }
  stopListening(server, lock)
  await leases.close()
}

/** What is there goes on; who comes finds nobody, and starts another holder. */
function stopListening(server: Server, lock: Disposable): void {
  if (!server.listening) return
  server.close() // removes the socket's file
  lock[Symbol.dispose]()
}

async function serve(
  socket: Socket,
  leases: Leases,
  digest: string,
  retired: AbortController,
): Promise<void> {
  const gone = new AbortController()
  socket.on('error', () => {}).on('close', () => gone.abort(new Error('the reader has gone')))
  const lines = readLines<LeaseRequest | ReadNote>(socket)
  const { value: request } = await lines.next()
  if (request === undefined || 'kind' in request) return
  if (request.digest !== digest || retired.signal.aborted) {
    retired.abort()
    sendLine(socket, { kind: 'retiring' })
    socket.end()
    return
  }
  try {
    const { slots, taken, release } = await leases.take(request.wish, gone.signal)
    sendLine(socket, { kind: 'granted', slots, moment: taken?.moment ?? null })
    const note = await lines.next() // or the end of the connection
    release(note.done !== true)
  } catch (error) {
    if (gone.signal.aborted) return
    sendLine(socket, { kind: 'failed', error: toErrorRecord(error) })
  }
  socket.end()
}

import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { FerryError } from '../../core/errors.ts'
import { tryFileLock } from '../../core/file-lock.ts'
import { spawnDetached } from '../../core/spawn-detached.ts'
import type { WarehouseFiles } from './config.ts'
import { tryLink } from './owner-link.ts'

/** How long an owner may take until it listens; it opens the database only after that. */
const LISTENS_WITHIN_MS = 30_000
const POLL_MS = 15
/** Each running query takes a thread of libuv's pool. */
const QUERIES_AT_ONCE = 64

export interface StartOptions {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
}

/** Starts an owner and waits until it listens, or waits while another does so. */
export async function startOwner(files: WarehouseFiles, options: StartOptions): Promise<void> {
  using lock = tryFileLock(files.startLock)
  if (lock === undefined) {
    await sleep(POLL_MS)
    return
  }
  const there = await tryLink(files.socket)
  if (there !== undefined) {
    there.close()
    return
  }
  const owner = await spawnOwner(files, options.environment)
  const deadline = Date.now() + LISTENS_WITHIN_MS
  while (Date.now() < deadline) {
    const link = await tryLink(files.socket)
    if (link !== undefined) {
      link.close()
      return
    }
    const { exitCode } = owner
    if (exitCode === 0) return // another owner was there first
    if (exitCode !== null) break
    await sleep(POLL_MS)
  }
  throw new FerryError('SERVICE_UNAVAILABLE', 'the process that owns the warehouse did not start', {
    hint: `see what it said: ${files.log}`,
    details: { log: files.log, said: (await readFile(files.log, 'utf8')).slice(-2_000) },
  })
}

async function spawnOwner(
  files: WarehouseFiles,
  environment: StartOptions['environment'],
): Promise<{ readonly exitCode: number | null }> {
  return await spawnDetached({
    args: ['warehouse', 'serve', '--url', files.url],
    directory: files.projectDirectory,
    log: files.log,
    environment: ownerEnvironment(environment),
  })
}

/** The owner outlives whoever started it: nothing of a single command or of make goes along. */
function ownerEnvironment(
  environment: StartOptions['environment'],
): Record<string, string | undefined> {
  const kept = Object.entries(environment).filter(
    ([name]) => !/^(MAKE|MFLAGS|FERRY_(?!WAREHOUSE|PROFILE|DEBUG)|NODE_OPTIONS|VITEST)/.test(name),
  )
  return { ...Object.fromEntries(kept), UV_THREADPOOL_SIZE: String(QUERIES_AT_ONCE) }
}

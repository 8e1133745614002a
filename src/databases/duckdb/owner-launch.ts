import { spawn } from 'node:child_process'
import { open, readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { FerryError } from '../../core/errors.ts'
import { tryFileLock } from '../../core/file-lock.ts'
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

/**
 * A pipe that whoever started us left open to us (make's, the tracking shell's) would be held open by
 * the owner, and its reader would wait for the owner's end. Node cannot close what it inherited.
 */
const CLOSE_AND_RUN = `for fd in /dev/fd/*; do
  fd=\${fd##*/}
  if [[ $fd =~ ^[0-9]+$ && $fd -gt 2 ]]; then eval "exec $fd>&-"; fi
done
exec "$@"`

async function spawnOwner(
  files: WarehouseFiles,
  environment: StartOptions['environment'],
): Promise<{ readonly exitCode: number | null }> {
  const log = await open(files.log, 'w', 0o600)
  try {
    const child = spawn(
      'bash',
      [
        '-c',
        CLOSE_AND_RUN,
        'ferry',
        process.execPath,
        '--disable-warning=ExperimentalWarning',
        ferryEntry(),
        'warehouse',
        'serve',
        '--url',
        files.url,
      ],
      {
        cwd: files.projectDirectory,
        detached: true,
        stdio: ['ignore', log.fd, log.fd],
        env: ownerEnvironment(environment),
      },
    )
    child.on('error', () => {}) // seen as an exit code of its own
    child.unref()
    return child
  } finally {
    await log.close()
  }
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

/** Ferry's entry: beside the bundle, or in the sources when they run as they are. */
function ferryEntry(): string {
  const entry = import.meta.url.endsWith('.ts') ? '../../cli/main.ts' : './ferry.js'
  return fileURLToPath(new URL(entry, import.meta.url))
}

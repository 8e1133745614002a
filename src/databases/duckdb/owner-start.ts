import { spawn } from 'node:child_process'
import { lstat, mkdir, open, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { asLocalIoError, FerryError } from '../../core/errors.ts'
import { tryFileLock } from '../../core/file-lock.ts'
import { buildIdentity } from './build-identity.ts'
import type { WarehouseFiles } from './config.ts'
import { isLost, type OwnerLink, tryLink } from './owner-link.ts'

/** How long an owner may take until it listens; it opens the database only after that. */
const LISTENS_WITHIN_MS = 30_000
/** How long an owner that has to go (an older build) may finish what it has begun. */
const RETIRES_WITHIN_MS = 60_000
const POLL_MS = 15
/** Each running query takes a thread of libuv's pool. */
const QUERIES_AT_ONCE = 64

export interface StartOptions {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
}

/**
 * A link to the owner of the warehouse, welcomed by it. Starts an owner when there is none: of all
 * that find none at the same instant, one starts it and the others wait for that one. An owner of
 * another build, or of a file that is not there any more, is replaced.
 * @throws FerryError BUSY (another program has the file), what opening the database threw
 */
export async function linkToOwner(
  files: WarehouseFiles,
  options: StartOptions,
): Promise<OwnerLink> {
  const build = await buildIdentity()
  await prepareFolders(files)
  const retireBy = Date.now() + RETIRES_WITHIN_MS
  for (;;) {
    options.signal.throwIfAborted()
    const link = await tryLink(files.socket)
    if (link === undefined) {
      await startOwner(files, options)
      continue
    }
    const welcome = await greet(link, files, build).catch((error: unknown) => {
      link.close()
      if (isLost(error)) return undefined // it was just going
      throw error
    })
    if (welcome === 'welcome') return link
    link.close()
    if (welcome !== undefined && Date.now() > retireBy) {
      throw new FerryError(
        'BUSY',
        `the warehouse is in use by another version of ferry (process ${welcome.pid}, ${welcome.sessions} sessions)`,
        { hint: 'wait until they end, or stop it: ferry warehouse stop' },
      )
    }
    await sleep(POLL_MS)
  }
}

async function greet(
  link: OwnerLink,
  files: WarehouseFiles,
  build: string,
): Promise<'welcome' | { pid: number; sessions: number } | undefined> {
  const reply = await link.ask({ op: 'hello', build, database: files.database })
  if (reply.kind === 'done') return 'welcome'
  return reply.kind === 'retiring' ? reply : undefined
}

async function prepareFolders(files: WarehouseFiles): Promise<void> {
  try {
    await mkdir(dirname(files.ownerLock), { recursive: true })
    if (files.privateDirectory === undefined) return
    await mkdir(files.privateDirectory, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw asLocalIoError(error, dirname(files.ownerLock))
  }
  const found = await lstat(files.privateDirectory)
  if (!found.isDirectory() || (found.mode & 0o077) !== 0 || found.uid !== process.getuid?.()) {
    throw new FerryError('DENIED', `\`${files.privateDirectory}\` is open to other users`, {
      hint: `remove it, or make it yours: chmod 700 ${files.privateDirectory}`,
    })
  }
}

/** Starts an owner and waits until it listens, or waits while another does so. */
async function startOwner(files: WarehouseFiles, options: StartOptions): Promise<void> {
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

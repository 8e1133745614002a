import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { asLocalIoError, FerryError } from '../../core/errors.ts'
import { makePrivateDirectory } from '../../core/unix-socket.ts'
import { buildIdentity } from '../../core/build-identity.ts'
import type { WarehouseFiles } from './config.ts'
import type { StartOptions } from './owner-launch.ts'
import { isLost, type OwnerLink, tryLink } from './owner-link.ts'

/** How long an owner that has to go (an older build) may finish what it has begun. */
const RETIRES_WITHIN_MS = 60_000
const POLL_MS = 15

export interface WelcomedLink {
  readonly link: OwnerLink
  /** The named pipe for this session's results. It need not be there yet. */
  readonly fifo: string
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
): Promise<WelcomedLink> {
  const build = await buildIdentity()
  await prepareFolders(files)
  const retireBy = Date.now() + RETIRES_WITHIN_MS
  for (;;) {
    options.signal.throwIfAborted()
    const link = await tryLink(files.socket)
    if (link === undefined) {
      // Most calls find an owner and need none of what starts one.
      const { startOwner } = await import('./owner-launch.ts')
      await startOwner(files, options)
      continue
    }
    const welcome = await greet(link, files, build).catch((error: unknown) => {
      link.close()
      if (isLost(error)) return undefined // it was just going
      throw error
    })
    if (welcome !== undefined && 'fifo' in welcome) return { link, fifo: welcome.fifo }
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
): Promise<{ fifo: string } | { pid: number; sessions: number } | undefined> {
  const reply = await link.ask({ op: 'hello', build, database: files.database })
  if (reply.kind === 'done') return { fifo: reply.fifo ?? '' }
  return reply.kind === 'retiring' ? reply : undefined
}

async function prepareFolders({ ownerLock, privateDirectory }: WarehouseFiles): Promise<void> {
  try {
    await mkdir(dirname(ownerLock), { recursive: true })
  } catch (error) {
    throw asLocalIoError(error, dirname(ownerLock))
  }
  if (privateDirectory !== undefined) await makePrivateDirectory(privateDirectory)
}

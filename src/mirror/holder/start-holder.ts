import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { FerryError } from '../../core/errors.ts'
import { tryFileLock } from '../../core/file-lock.ts'
import { spawnDetached } from '../../core/spawn-detached.ts'
import { connectTo } from '../../core/unix-socket.ts'
import type { SourceSettings } from '../source-settings.ts'
import type { HolderFiles } from './holder-files.ts'

const LISTENS_WITHIN_MS = 30_000
const POLL_MS = 25
/** Asking whether it listens costs nothing, and the first table of a night waits for it. */
const POLL_OWN_MS = 5

/** Starts a holder and waits until it listens, or waits while another process does so. */
export async function startHolder(files: HolderFiles, settings: SourceSettings): Promise<void> {
  using lock = tryFileLock(files.startLock)
  if (lock === undefined) {
    await sleep(POLL_MS, undefined, { signal: settings.signal })
    return
  }
  const holder = await spawnDetached({
    args: ['mirror', 'hold', settings.name],
    directory: settings.projectDirectory,
    log: files.log,
    environment: holderEnvironment(settings.environment),
  })
  const deadline = Date.now() + LISTENS_WITHIN_MS
  while (Date.now() < deadline) {
    const socket = await connectTo(files.socket)
    if (socket !== undefined) {
      socket.destroy()
      return
    }
    if (holder.exitCode === 0) return // another holder was there first, and may just be going
    if (holder.exitCode !== null) break
    await sleep(POLL_OWN_MS, undefined, { signal: settings.signal })
  }
  throw new FerryError(
    'TRANSIENT',
    `the process that holds a moment of \`${settings.name}\` did not start`,
    {
      hint: `see what it said: ${files.log}`,
      details: { log: files.log, said: (await readFile(files.log, 'utf8')).slice(-2_000) },
    },
  )
}

/** It outlives whoever started it: nothing of make goes along. */
function holderEnvironment(
  environment: SourceSettings['environment'],
): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(environment).filter(
      ([name]) => !/^(MAKE|MFLAGS|NODE_OPTIONS|VITEST)/.test(name),
    ),
  )
}

import { setTimeout as sleep } from 'node:timers/promises'
import { FerryError } from '../../core/errors.ts'
import { isProcessAlive } from '../../core/is-process-alive.ts'
import { buildIdentity } from '../../core/build-identity.ts'
import type { WarehouseFiles } from './config.ts'
import type { OwnerStatus } from './frames.ts'
import { isLost, type OwnerLink, tryLink } from './owner-link.ts'

const STOPS_WITHIN_MS = 30_000

/** What the owner says of itself, or undefined when none runs. */
export async function ownerStatus(files: WarehouseFiles): Promise<OwnerStatus | undefined> {
  const link = await tryLink(files.socket)
  if (link === undefined) return undefined
  try {
    const reply = await link.ask({ op: 'status' })
    return reply.kind === 'done' ? reply.status : undefined
  } catch (error) {
    if (isLost(error)) return undefined
    throw error
  } finally {
    link.close()
  }
}

/** Stops the owner and waits until it is gone. Returns its process, or undefined if none ran. */
export async function stopOwner(files: WarehouseFiles): Promise<number | undefined> {
  const link = await tryLink(files.socket)
  if (link === undefined) return undefined
  let pid: number | undefined
  try {
    const reply = await link.ask({ op: 'stop' })
    pid = reply.kind === 'done' ? reply.pid : undefined
  } catch (error) {
    if (!isLost(error)) throw error
  } finally {
    link.close()
  }
  if (pid !== undefined) await untilGone(pid)
  return pid
}

async function untilGone(pid: number): Promise<void> {
  const deadline = Date.now() + STOPS_WITHIN_MS
  while (isProcessAlive(pid)) {
    if (Date.now() > deadline) {
      throw new FerryError('BUSY', `the owner of the warehouse (process ${pid}) does not end`, {
        hint: `kill ${pid} ends it; what was committed is safe`,
      })
    }
    await sleep(20)
  }
}

const LEASE_EVERY_MS = 1_000

/**
 * Keeps the owner from going idle until the lease is disposed of: the one that runs, and one that
 * starts later (the first of a night, or after a kill). Never starts one.
 */
export async function leaseOwner(files: WarehouseFiles): Promise<Disposable> {
  const lease = new OwnerLease(files)
  await lease.take()
  return lease
}

class OwnerLease implements Disposable {
  readonly #files: WarehouseFiles
  #link: OwnerLink | undefined
  #timer: NodeJS.Timeout | undefined
  #isOver = false

  constructor(files: WarehouseFiles) {
    this.#files = files
  }

  /** Takes the lease if an owner runs, and looks again for as long as none does. */
  async take(): Promise<void> {
    const link = await this.#greet()
    if (this.#isOver) return link?.close()
    this.#link = link
    if (link === undefined) this.#lookAgain()
    else void link.receive().catch(() => this.#lookAgain()) // the owner is gone: it says no more
  }

  [Symbol.dispose](): void {
    this.#isOver = true
    clearTimeout(this.#timer)
    this.#link?.close()
  }

  #lookAgain(): void {
    if (this.#isOver) return
    // A socket that cannot be reached is told by the commands that need it.
    const look = (): void => void this.take().catch(() => this.#lookAgain())
    this.#timer = setTimeout(look, LEASE_EVERY_MS).unref()
  }

  async #greet(): Promise<OwnerLink | undefined> {
    const link = await tryLink(this.#files.socket)
    if (link === undefined) return undefined
    try {
      const build = await buildIdentity()
      await link.ask({ op: 'hello', build, database: this.#files.database, lease: true })
    } catch (error) {
      link.close()
      if (isLost(error)) return undefined
      throw error
    }
    link.unref()
    return link
  }
}

import { setTimeout as sleep } from 'node:timers/promises'
import { FerryError } from '../../core/errors.ts'
import { buildIdentity } from './build-identity.ts'
import type { WarehouseFiles } from './config.ts'
import type { OwnerStatus } from './frames.ts'
import { isLost, tryLink } from './owner-link.ts'

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
  while (isAlive(pid)) {
    if (Date.now() > deadline) {
      throw new FerryError('BUSY', `the owner of the warehouse (process ${pid}) does not end`, {
        hint: `kill ${pid} ends it; what was committed is safe`,
      })
    }
    await sleep(20)
  }
}

/** Keeps a running owner from going idle until the lease is disposed of; never starts one. */
export async function leaseOwner(files: WarehouseFiles): Promise<Disposable | undefined> {
  const link = await tryLink(files.socket)
  if (link === undefined) return undefined
  try {
    const build = await buildIdentity()
    await link.ask({ op: 'hello', build, database: files.database, lease: true })
  } catch (error) {
    link.close()
    if (isLost(error)) return undefined
    throw error
  }
  link.unref()
  return { [Symbol.dispose]: () => link.close() }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false // no such process
  }
}

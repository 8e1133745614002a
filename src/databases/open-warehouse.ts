import type { Logger } from '../core/logger.ts'
import { FerryError } from '../core/errors.ts'
import { maskUrl } from '../core/mask-url.ts'

export interface WarehouseTarget {
  readonly url: string
  readonly projectDirectory: string
}

export interface WarehouseStatus {
  readonly pid: number
  readonly database: string
  readonly sessions: number
  readonly leases: number
  /** Sessions that run a statement just now. */
  readonly queries: number
  readonly startedAt: string
}

/** Whether the URL names an embedded warehouse, which has an owner process. */
export function isEmbedded(url: string): boolean {
  return url.startsWith('duckdb:')
}

/**
 * Keeps the owner of an embedded warehouse from going idle, also one that starts later; never starts
 * one. Dispose of the lease to let it go; the end of the process does so too. Undefined for
 * warehouses that are not embedded.
 */
export async function leaseWarehouse(target: WarehouseTarget): Promise<Disposable | undefined> {
  if (!isEmbedded(target.url)) return undefined
  const { leaseOwner } = await import('./duckdb/control.ts')
  return leaseOwner(await filesOf(target))
}

/** What the owner process says of itself, or undefined when none runs. */
export async function warehouseStatus(
  target: WarehouseTarget,
): Promise<WarehouseStatus | undefined> {
  const { ownerStatus } = await import('./duckdb/control.ts')
  return ownerStatus(await filesOf(target))
}

/** Ends the owner process; running queries are interrupted. Returns its process id, if any ran. */
export async function stopWarehouse(target: WarehouseTarget): Promise<number | undefined> {
  const { stopOwner } = await import('./duckdb/control.ts')
  return stopOwner(await filesOf(target))
}

export interface ServeOptions {
  readonly idleMs: number
  readonly signal: AbortSignal
  readonly logger: Logger
}

/** Is the owner process: returns when it has nothing left to do. */
export async function serveWarehouse(
  target: WarehouseTarget,
  options: ServeOptions,
): Promise<void> {
  const owner = await import('./duckdb/owner.ts')
  await owner.serveWarehouse(await filesOf(target), options)
}

async function filesOf({ url, projectDirectory }: WarehouseTarget) {
  if (!isEmbedded(url)) {
    throw new FerryError('USAGE', `\`${maskUrl(url)}\` is a server of its own`, {
      hint: 'only embedded warehouses (duckdb:...) have a process of Ferry',
    })
  }
  const { parseDuckdbUrl } = await import('./duckdb/config.ts')
  return parseDuckdbUrl(url, projectDirectory)
}

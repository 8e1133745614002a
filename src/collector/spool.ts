import {
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  stat,
  truncate,
  unlink,
  writeFile,
} from 'node:fs/promises'
import { hostname } from 'node:os'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { overwriteFile } from './overwrite-file.ts'
import { asLocalIoError, FerryError, systemErrorCode } from '../core/errors.ts'
import type { Logger } from '../core/logger.ts'
import { readBlocks } from './read-segment.ts'
import { parseSegmentName, segmentName } from './segment-name.ts'

/** What a start found on the disk. */
export interface RecoveredSpool {
  /** Names of sealed segments, oldest first. */
  readonly ready: readonly string[]
  /** The highest number that a segment left behind has given out. */
  readonly lastSequence: number
}

/** Gets the identities of signed requests whose rows are in a segment, packed. */
export type FoundIdentities = (packed: Buffer) => void

/**
 * Makes the folder of segments ready after whatever ended the last run: what was open is cut behind
 * its last whole frame and sealed. Everything that was acknowledged is then in a sealed segment.
 * @throws FerryError DENIED, LOCAL_IO
 */
export async function recoverSpool(
  directory: string,
  logger: Logger,
  found: FoundIdentities,
): Promise<RecoveredSpool> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o750 })
    return await recover(directory, logger, found)
  } catch (error) {
    throw asLocalIoError(error, directory)
  }
}

async function recover(
  directory: string,
  logger: Logger,
  found: FoundIdentities,
): Promise<RecoveredSpool> {
  const ready: string[] = []
  let cutBytes = 0
  let lastSequence = await readDeliveredUpTo(directory)
  for (const name of (await readdir(directory)).sort()) {
    const parsed = parseSegmentName(name)
    if (parsed === undefined) continue
    const path = join(directory, name)
    const { size } = await stat(path)
    let end = 0
    let count = 0
    for await (const block of readBlocks(path)) {
      end = block.end
      count += block.count
      found(block.identities)
      lastSequence = Math.max(lastSequence, block.lastSequence)
    }
    if (parsed.state === 'ready') {
      ready.push(name)
      continue
    }
    cutBytes += size - end
    if (count === 0) {
      await unlink(path)
      continue
    }
    if (end < size) await cutAt(path, end)
    const sealed = segmentName(parsed.sequence, 'ready')
    await rename(path, join(directory, sealed))
    ready.push(sealed)
  }
  await syncDirectory(directory)
  await makeDeliveredFile(directory, lastSequence)
  if (cutBytes > 0) {
    logger.info(
      `cut ${cutBytes} bytes that were half written; nobody was told that they are stored`,
    )
  }
  return { ready, lastSequence }
}

const DELIVERED_FILE = 'delivered-up-to'

/**
 * Notes the highest number given out before a segment leaves the disk, so that a start whose clock
 * went back does not give numbers out again. Once the file is there it takes no more of the disk: on
 * one that is full, only what leaves it makes room.
 */
export async function noteDeliveredUpTo(directory: string, sequence: number): Promise<void> {
  await overwriteFile(join(directory, DELIVERED_FILE), `${String(sequence).padStart(16, '0')}\n`)
}

/** While there is room: later a full disk may have none for the file that makes room. */
async function makeDeliveredFile(directory: string, sequence: number): Promise<void> {
  await noteDeliveredUpTo(directory, sequence).catch((error: unknown) => {
    if (!(error instanceof FerryError) || error.code !== 'LOCAL_IO') throw error
  })
}

async function readDeliveredUpTo(directory: string): Promise<number> {
  try {
    const sequence = Number(await readFile(join(directory, DELIVERED_FILE), 'utf8'))
    return Number.isSafeInteger(sequence) ? sequence : 0
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return 0
    throw error
  }
}

async function cutAt(path: string, end: number): Promise<void> {
  await truncate(path, end)
  const file = await open(path, 'r+')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Makes names in a folder as durable as the files that they name. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** The collector's id: in the names of all that it delivers, so that no two ever meet. */
export async function collectorId(directory: string): Promise<string> {
  const path = join(directory, 'collector-id')
  try {
    return (await readFile(path, 'utf8')).trim()
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw asLocalIoError(error, path)
  }
  const host = hostname()
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]/g, '-')
    .slice(0, 32)
  const id = `${host}-${randomBytes(4).toString('hex')}`
  try {
    await mkdir(directory, { recursive: true, mode: 0o750 })
    await writeFile(path, `${id}\n`, { flag: 'wx' })
    return id
  } catch (error) {
    throw asLocalIoError(error, path)
  }
}

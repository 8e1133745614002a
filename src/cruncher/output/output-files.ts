import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { crc32c } from '@node-rs/crc32'
import { asLocalIoError, FerryError } from '../../core/errors.ts'
import { temporaryName } from '../../core/temporary-name.ts'
import { type Checksums, crc32cHex } from '../../formats/checksum.ts'
import type { Partition } from './partitions.ts'

/** A file that was written. */
export interface OutputFile {
  /** Relative to the output's folder: `date=2026-03-01/NAME.jsonl.zst`. */
  readonly path: string
  readonly rows: number
  readonly bytes: number
  readonly checksums: Checksums
}

interface GrowingFile {
  readonly partition: Partition
  readonly path: string
  readonly temporary: string
  bytes: number
  crc: number
}

/** Syncs at once: each waits for the disk, hardly for the processor. */
const SYNCS_AT_ONCE = 16

/**
 * The files of one output, a partition each. They grow under temporary names, opened and closed for each
 * piece, so that thousands need no descriptors; all get their names at the end, over older ones.
 */
export class OutputFiles {
  readonly #directory: string
  readonly #fileName: string
  readonly #files: GrowingFile[] = []
  readonly #byPartition: (GrowingFile | undefined)[] = []

  constructor(directory: string, fileName: string) {
    this.#directory = directory
    this.#fileName = fileName
  }

  /** Bytes that the partition's file has. */
  size(partition: Partition): number {
    return this.#byPartition[partition.id]?.bytes ?? 0
  }

  /** @throws FerryError LOCAL_IO, DENIED */
  append(partition: Partition, bytes: Uint8Array): void {
    const file = this.#byPartition[partition.id] ?? this.#add(partition)
    try {
      const descriptor = openSync(file.temporary, file.bytes === 0 ? 'wx' : 'a')
      try {
        for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at)
      } finally {
        closeSync(descriptor)
      }
    } catch (error) {
      throw asLocalIoError(error, file.path)
    }
    file.bytes += bytes.length
    file.crc = crc32c(bytes, file.crc)
  }

  /** Syncs all, then names all, in the order of the partitions. @throws FerryError LOCAL_IO, DENIED */
  async finish(): Promise<OutputFile[]> {
    const waiting = this.#files.values()
    const syncRest = async (): Promise<void> => {
      for (const file of waiting) await syncFile(file)
    }
    await Promise.all(Array.from({ length: SYNCS_AT_ONCE }, syncRest))
    for (const { temporary, path } of this.#files) {
      await rename(temporary, join(this.#directory, path)).catch((error: unknown) => {
        throw asLocalIoError(error, path)
      })
    }
    return this.#files.map(({ path, partition, bytes, crc }) => {
      return { path, rows: partition.rows, bytes, checksums: { crc32c: crc32cHex(crc) } }
    })
  }

  /** Removes what has no name yet. Folders stay. */
  async discard(): Promise<void> {
    for (const { temporary } of this.#files) await rm(temporary, { force: true })
  }

  #add(partition: Partition): GrowingFile {
    const path = `${partition.folder}${this.#fileName}`
    const whole = join(this.#directory, path)
    const file = { partition, path, temporary: temporaryName(whole), bytes: 0, crc: 0 }
    makeFolder(dirname(whole))
    this.#files.push(file)
    this.#byPartition[partition.id] = file
    return file
  }
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) {
      throw asLocalIoError(error, path)
    }
    throw new FerryError('LOCAL_IO', `\`${path}\` is a file, not a folder`, { cause: error })
  }
}

async function syncFile({ temporary, path }: GrowingFile): Promise<void> {
  try {
    const handle = await open(temporary, 'r+')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  } catch (error) {
    throw asLocalIoError(error, path)
  }
}

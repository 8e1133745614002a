import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { asLocalIoError } from '../../../core/errors.ts'
import type { Partition } from '../partitions.ts'

/** What is kept in memory before it goes to the file. */
const MOST_BYTES = 4 * 1_048_576

interface Footers {
  groups: number
  /** In memory. */
  waiting: Buffer[]
  /** In the file: places and lengths by turns. */
  readonly spilled: number[]
}

/**
 * What the footers of many files will say of their groups of rows. Thousands of files with many groups have
 * more of it than belongs in memory: it waits in one file beside them.
 */
export class FooterSpill {
  readonly #path: string
  readonly #footers = new Map<Partition, Footers>()
  #waitingBytes = 0
  #spilledBytes = 0

  /** `path`: of a file to be made when it is needed. */
  constructor(path: string) {
    this.#path = path
  }

  /** @throws FerryError LOCAL_IO, DENIED */
  add(partition: Partition, group: Uint8Array): void {
    let footers = this.#footers.get(partition)
    if (footers === undefined) {
      footers = { groups: 0, waiting: [], spilled: [] }
      this.#footers.set(partition, footers)
    }
    footers.groups++
    footers.waiting.push(Buffer.from(group))
    this.#waitingBytes += group.length
    if (this.#waitingBytes >= MOST_BYTES) this.#spill()
  }

  /** All that were added, in their order. @throws FerryError LOCAL_IO, DENIED */
  groupsOf(partition: Partition): { count: number; bytes: Buffer } {
    const { groups = 0, waiting = [], spilled = [] } = this.#footers.get(partition) ?? {}
    return { count: groups, bytes: Buffer.concat([...this.#read(spilled), ...waiting]) }
  }

  async discard(): Promise<void> {
    if (this.#spilledBytes > 0) await rm(this.#path, { force: true })
  }

  #spill(): void {
    const pieces: Buffer[] = []
    let place = this.#spilledBytes
    for (const footers of this.#footers.values()) {
      if (footers.waiting.length === 0) continue
      const bytes = Buffer.concat(footers.waiting)
      footers.waiting = []
      footers.spilled.push(place, bytes.length)
      place += bytes.length
      pieces.push(bytes)
    }
    this.#atFile(this.#spilledBytes === 0 ? 'wx' : 'a', descriptor => {
      const bytes = Buffer.concat(pieces)
      for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at)
    })
    this.#spilledBytes = place
    this.#waitingBytes = 0
  }

  #read(spilled: readonly number[]): Buffer[] {
    if (spilled.length === 0) return []
    const pieces: Buffer[] = []
    this.#atFile('r', descriptor => {
      for (let i = 0; i < spilled.length; i += 2) {
        const bytes = Buffer.alloc(spilled[i + 1] ?? 0)
        const position = spilled[i] ?? 0
        for (let at = 0; at < bytes.length; ) {
          const read = readSync(descriptor, bytes, at, bytes.length - at, position + at)
          if (read === 0) throw new Error(`${this.#path} ends too early`)
          at += read
        }
        pieces.push(bytes)
      }
    })
    return pieces
  }

  #atFile(flags: string, work: (descriptor: number) => void): void {
    try {
      const descriptor = openSync(this.#path, flags)
      try {
        work(descriptor)
      } finally {
        closeSync(descriptor)
      }
    } catch (error) {
      throw asLocalIoError(error, this.#path)
    }
  }
}

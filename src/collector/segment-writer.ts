import { close, constants, fsync, ftruncate, open, rename, unlink, write } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { asLocalIoError, FerryError } from '../core/errors.ts'
import type { Compression } from '../formats/compression.ts'
import { EventRows } from './event-rows.ts'
import { RowWriter } from './row-writer.ts'
import { type RequestIdentity, RequestIdentities } from './request-identities.ts'
import { packRows } from './row-packing.ts'
import { FRAME_HEADER_BYTES, identityCount, packedFrame, sealFrame } from './segment-frame.ts'
import { segmentName } from './segment-name.ts'

const openFile = promisify(open)
const closeFile = promisify(close)
const syncFile = promisify(fsync)
const truncateFile = promisify(ftruncate)
const renameFile = promisify(rename)
const removeFile = promisify(unlink)
const writeFile = promisify(write)

/** Of the two groups that each worker has: one being filled, one being written. */
const GROUP_BYTES = 262_144
export const MAX_GROUP_BYTES = 16_777_216
/** Smaller groups are packed when they are delivered, many at once: alone they pack badly. */
const LEAST_PACKED_BYTES = 16_384

/** Called when the rows of a request are on disk, or with the reason why they are not. */
export type Written = (failure: FerryError | undefined) => void

export interface SegmentWriterOptions {
  readonly directory: string
  readonly maxBytes: number
  readonly maxAgeMs: number
  /** Without it, an answer does not wait for the disk. */
  readonly sync: boolean
  /** How rows are packed before they are written, if they are. */
  readonly packing: Compression | undefined
  /** Rows of one part of time go to one segment: `2026-03-01`, or with the hour. */
  readonly partition: (receivedAtMs: number) => string
  /** With the bytes that were written to it. */
  readonly onSealed: (name: string, bytes: number) => void
  /** Bytes written to all segments so far, whenever they change. */
  readonly onWritten: (bytes: number) => void
  readonly now: () => number
}

/** Rows that one sync writes, and who waits for it. */
interface Group {
  readonly rows: RowWriter
  /** Of the signed requests among them. */
  readonly identities: RequestIdentities
  waiting: Written[]
  count: number
  firstSequence: number
  lastSequence: number
  receivedAtMs: number
}

interface OpenSegment {
  readonly file: number
  readonly sequence: number
  readonly partition: string
  readonly openedAtMs: number
  /** Up to here everything is on disk. */
  bytes: number
}

/**
 * Appends the rows of many requests to a segment file with one synchronous write, then tells them
 * all. While one group is written the next is filled, so the busier the collector is, the more
 * requests share a sync.
 */
export class SegmentWriter {
  readonly events: EventRows
  readonly #options: SegmentWriterOptions
  #filling: Group = emptyGroup()
  #spare: Group = emptyGroup()
  #segment: OpenSegment | undefined
  /** Closed, and not renamed yet. */
  readonly #unsealed: { readonly sequence: number; readonly bytes: number }[] = []
  #writtenBytes = 0
  /** The write under way; another begins behind it. */
  #writing: Promise<void> | undefined
  #isScheduled = false
  /** Why the last write failed; undefined when it did not. */
  failure: FerryError | undefined

  constructor(events: EventRows, options: SegmentWriterOptions) {
    this.#options = options
    this.events = events
    this.events.rows = this.#filling.rows
  }

  /** Rows that wait for the disk. */
  get waitingRows(): number {
    return this.#filling.count + this.#spare.count
  }

  /** Bytes of rows that wait for the disk. */
  get waitingBytes(): number {
    return this.#filling.rows.length + this.#spare.rows.length
  }

  /**
   * Adds rows to the group: `fill` writes them to `events`; what it wrote is taken back where it
   * throws. `written` is called once, later, unless there was nothing to write. `identity`, of a
   * signed request, goes to the disk with them. Returns the number of rows.
   */
  append(
    fill: (events: EventRows) => void,
    written: Written,
    identity: RequestIdentity | undefined,
  ): number {
    const group = this.#filling
    if (group.count === 0) this.#stamp(group)
    const count = this.#fill(group, fill)
    if (count === 0) return 0
    if (group.count === 0) group.firstSequence = this.events.firstSequence
    group.lastSequence = this.events.lastSequence
    group.count += count
    group.waiting.push(written)
    if (identity !== undefined) group.identities.add(identity)
    this.#schedule()
    return count
  }

  /** How many rows `fill` would add. */
  measure(fill: (events: EventRows) => void): number {
    const group = this.#filling
    const mark = group.rows.length
    const count = this.#fill(group, fill)
    group.rows.length = mark
    return count
  }

  #fill(group: Group, fill: (events: EventRows) => void): number {
    const mark = group.rows.length
    this.events.added = 0
    try {
      fill(this.events)
    } catch (error) {
      group.rows.length = mark
      throw error
    }
    return this.events.added
  }

  /** Seals the open segment, if there is one, when what waits is written. */
  async seal(): Promise<void> {
    await this.#drain()
    await this.#sealNow()
  }

  /** Seals the segment if it is old enough; called by a clock. */
  async sealIfOld(): Promise<void> {
    const segment = this.#segment
    if (this.#writing !== undefined) return
    const isOld =
      segment !== undefined && this.#options.now() - segment.openedAtMs >= this.#options.maxAgeMs
    if (!isOld && this.#unsealed.length === 0) return
    this.#writing = isOld ? this.#sealNow() : this.#sealAll()
    await this.#writing
    this.#writing = undefined
    if (this.#filling.count > 0) this.#schedule()
  }

  async #drain(): Promise<void> {
    while (this.#writing !== undefined || this.#filling.count > 0) {
      this.#write()
      await this.#writing
    }
  }

  /** All rows of a group carry the moment when its first came. */
  #stamp(group: Group): void {
    group.receivedAtMs = this.#options.now()
    const text = new Date(group.receivedAtMs).toISOString()
    this.events.firstSequence = -1
    this.events.receivedAt = `${text.slice(0, 10)} ${text.slice(11, 23)}`
  }

  #schedule(): void {
    if (this.#isScheduled || this.#writing !== undefined) return
    this.#isScheduled = true
    // After all sockets that are readable now: their requests share the sync.
    setImmediate(() => {
      this.#isScheduled = false
      this.#write()
    })
  }

  #write(): void {
    if (this.#writing !== undefined || this.#filling.count === 0) return
    const group = this.#filling
    this.#filling = this.#spare
    this.#spare = group
    this.events.rows = this.#filling.rows
    this.#writing = this.#writeAndTell(group)
  }

  async #writeAndTell(group: Group): Promise<void> {
    const failure = await this.#writeGroup(group)
    this.#writing = undefined
    this.failure = failure
    const { waiting } = group
    clearGroup(group)
    for (const written of waiting) written(failure)
    this.#write()
  }

  /** Never rejects: the outcome is what the requests are told. */
  async #writeGroup(group: Group): Promise<FerryError | undefined> {
    try {
      const frame = this.#frameOf(group)
      const partition = this.#options.partition(group.receivedAtMs)
      if (this.#segment !== undefined && this.#segment.partition !== partition) {
        await this.#sealNow()
      }
      this.#segment ??= await this.#open(group, partition)
      await this.#appendFrame(this.#segment, frame)
      if (this.#segment.bytes >= this.#options.maxBytes) await this.#sealNow()
      return undefined
    } catch (error) {
      return asFerryError(error, this.#options.directory)
    }
  }

  #frameOf({ rows, identities, count, lastSequence }: Group): Buffer {
    const { packing } = this.#options
    if (packing !== undefined && rows.length >= LEAST_PACKED_BYTES) {
      const text = rows.bytes.subarray(FRAME_HEADER_BYTES, rows.length)
      const parts = { count, lastSequence, identities: identities.bytes }
      return packedFrame(packRows(text, packing), parts)
    }
    const hasIdentities = identities.count > 0
    if (hasIdentities) {
      const { bytes } = identities
      rows.putBehind(bytes)
      rows.putBehind(identityCount(bytes))
    }
    const frame = rows.bytes.subarray(0, rows.length)
    sealFrame(frame, count, hasIdentities)
    return frame
  }

  async #open(group: Group, partition: string): Promise<OpenSegment> {
    const path = this.#path(group.firstSequence, 'open')
    const { O_CREAT, O_EXCL, O_WRONLY, O_DSYNC } = constants
    // One call that writes and syncs, instead of two: half the way through the thread pool.
    const file = await openFile(
      path,
      O_CREAT | O_EXCL | O_WRONLY | (this.#options.sync ? O_DSYNC : 0),
      0o640,
    )
    try {
      await this.#syncDirectory()
    } catch (error) {
      await closeFile(file)
      await removeFile(path)
      throw error
    }
    const openedAtMs = this.#options.now()
    return { file, sequence: group.firstSequence, partition, openedAtMs, bytes: 0 }
  }

  async #appendFrame(segment: OpenSegment, frame: Buffer): Promise<void> {
    try {
      for (let at = 0; at < frame.length; ) {
        const { bytesWritten } = await writeFile(
          segment.file,
          frame,
          at,
          frame.length - at,
          segment.bytes + at,
        )
        at += bytesWritten
      }
    } catch (error) {
      await this.#cutBack(segment)
      throw error
    }
    segment.bytes += frame.length
    this.#writtenBytes += frame.length
    this.#options.onWritten(this.#writtenBytes)
  }

  /**
   * After a failed write nobody can say what of it is on disk. What was acknowledged is sealed, the
   * rest cut off; where not even that works, its checksum keeps a torn frame from being read.
   */
  async #cutBack(segment: OpenSegment): Promise<void> {
    try {
      await truncateFile(segment.file, segment.bytes)
    } finally {
      await this.#sealNow()
    }
  }

  /** Never rejects: a segment that cannot be sealed now is sealed later, or by the next start. */
  async #sealNow(): Promise<void> {
    const segment = this.#segment
    if (segment === undefined) return
    this.#segment = undefined
    await closeFile(segment.file).catch(() => {}) // each frame was synced when it was written
    if (segment.bytes > 0) this.#unsealed.push(segment)
    else await removeFile(this.#path(segment.sequence, 'open')).catch(() => {}) // swept at the start
    await this.#sealAll()
  }

  async #sealAll(): Promise<void> {
    for (const segment of this.#unsealed.splice(0)) {
      const { sequence, bytes } = segment
      try {
        await renameFile(this.#path(sequence, 'open'), this.#path(sequence, 'ready'))
        await this.#syncDirectory()
        this.#options.onSealed(segmentName(sequence, 'ready'), bytes)
      } catch (error) {
        this.#unsealed.push(segment)
        this.failure = asFerryError(error, this.#options.directory)
      }
    }
  }

  #path(sequence: number, state: 'open' | 'ready'): string {
    return join(this.#options.directory, segmentName(sequence, state))
  }

  async #syncDirectory(): Promise<void> {
    if (!this.#options.sync) return
    const directory = await openFile(this.#options.directory, 'r')
    try {
      await syncFile(directory)
    } finally {
      await closeFile(directory)
    }
  }
}

function emptyGroup(): Group {
  const rows = new RowWriter(GROUP_BYTES, MAX_GROUP_BYTES)
  rows.length = FRAME_HEADER_BYTES
  const identities = new RequestIdentities()
  return {
    rows,
    identities,
    waiting: [],
    count: 0,
    firstSequence: 0,
    lastSequence: 0,
    receivedAtMs: 0,
  }
}

function clearGroup(group: Group): void {
  group.rows.clear()
  group.rows.length = FRAME_HEADER_BYTES
  group.identities.clear()
  group.waiting = []
  group.count = 0
}

function asFerryError(error: unknown, directory: string): FerryError {
  const known = asLocalIoError(error, directory)
  if (known instanceof FerryError) return known
  return new FerryError('LOCAL_IO', `cannot write segments to \`${directory}\``, { cause: error })
}

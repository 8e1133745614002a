import { open, rename, rm, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { asLocalIoError, FerryError } from '../core/errors.ts'
import { readSegment } from './read-segment.ts'
import { type ExpirySpan, expirySpan, RequestIdentities } from './request-identities.ts'
import { FRAME_HEADER_BYTES, identityTail, sealFrame } from './segment-frame.ts'
import { syncDirectory } from './spool.ts'

const CURRENT = 'seen'
const BEFORE = 'seen-before'
/** Of one of the two files: as much as the table of a running collector holds. */
const MAX_FILE_BYTES = 12_582_912
/** Kept in memory while the disk is full. */
const MAX_WAITING = 1_048_576

/** A file of frames that have identities and no rows. */
interface SeenFile {
  /** Up to here it is whole. */
  readonly bytes: number
  readonly span: ExpirySpan
}

const EMPTY: SeenFile = { bytes: 0, span: { firstS: Number.POSITIVE_INFINITY, lastS: 0 } }

/**
 * The signed requests whose segments have left the disk, so that a restart still knows those that
 * could come again. They are appended to a file, which gives way to a new one when it is full or when
 * its first have expired, and is removed when its last have: there are two, whose size is bounded.
 */
export class SeenRequests {
  readonly #directory: string
  readonly #maxFileBytes: number
  #current: SeenFile
  #before: SeenFile
  /** What a full disk had no room for. */
  readonly #waiting = new RequestIdentities()

  private constructor(
    directory: string,
    maxFileBytes: number,
    { current, before }: { current: SeenFile; before: SeenFile },
  ) {
    this.#directory = directory
    this.#maxFileBytes = maxFileBytes
    this.#current = current
    this.#before = before
  }

  /**
   * `restore` gets what an earlier run has noted, packed, the oldest first.
   * @throws FerryError DENIED, LOCAL_IO
   */
  static async open(
    directory: string,
    restore: (packed: Buffer) => void,
    maxFileBytes = MAX_FILE_BYTES,
  ): Promise<SeenRequests> {
    const before = await readSeen(join(directory, BEFORE), restore)
    const current = await readSeen(join(directory, CURRENT), restore)
    return new SeenRequests(directory, maxFileBytes, { current, before })
  }

  /**
   * Notes those that could still come again, durably. Where the disk is full they are kept in memory
   * alone until there is room: that a segment leaves the disk, which makes room, is worth more.
   * @throws FerryError DENIED
   */
  async note(identities: RequestIdentities, nowS: number): Promise<void> {
    this.#waiting.addLive(identities.bytes, nowS)
    this.#waiting.keepLast(MAX_WAITING)
    try {
      await this.#forgetExpired(nowS)
      if (this.#waiting.count === 0) return
      await this.#append()
      this.#waiting.clear()
    } catch (error) {
      const known = asLocalIoError(error, join(this.#directory, CURRENT))
      if (!(known instanceof FerryError) || known.code !== 'LOCAL_IO') throw known
    }
  }

  async #forgetExpired(nowS: number): Promise<void> {
    if (this.#before.bytes > 0 && this.#before.span.lastS < nowS) {
      await rm(join(this.#directory, BEFORE), { force: true })
      this.#before = EMPTY
    }
    const isFull = this.#current.bytes >= this.#maxFileBytes
    const isOld = this.#before.bytes === 0 && this.#current.span.firstS < nowS
    if (!isFull && !isOld) return
    await rename(join(this.#directory, CURRENT), join(this.#directory, BEFORE))
    this.#before = this.#current
    this.#current = EMPTY
  }

  async #append(): Promise<void> {
    const { bytes } = this.#current
    const packed = this.#waiting.bytes
    const frame = Buffer.concat([Buffer.alloc(FRAME_HEADER_BYTES), identityTail(packed)])
    sealFrame(frame, 0, true)
    const file = await open(join(this.#directory, CURRENT), bytes === 0 ? 'w' : 'r+', 0o640)
    try {
      for (let at = 0; at < frame.length; ) {
        at += (await file.write(frame, at, frame.length - at, bytes + at)).bytesWritten
      }
      await file.datasync()
    } finally {
      await file.close()
    }
    if (bytes === 0) await syncDirectory(this.#directory)
    this.#current = grown(this.#current, bytes + frame.length, packed)
  }
}

/** Half a frame at the end, which a crash left, is cut off. */
async function readSeen(path: string, restore: (packed: Buffer) => void): Promise<SeenFile> {
  let file = EMPTY
  try {
    for await (const { identities, end } of readSegment(path)) {
      restore(identities)
      file = grown(file, end, identities)
    }
    await truncate(path, file.bytes)
  } catch (error) {
    const known = asLocalIoError(error, path)
    if (!(known instanceof FerryError) || known.code !== 'INPUT_MISSING') throw known
  }
  return file
}

function grown({ span }: SeenFile, bytes: number, packed: Buffer): SeenFile {
  const { firstS, lastS } = expirySpan(packed)
  return {
    bytes,
    span: { firstS: Math.min(span.firstS, firstS), lastS: Math.max(span.lastS, lastS) },
  }
}

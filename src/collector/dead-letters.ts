import { appendFile, statSync } from 'node:fs'
import type { RefusalKind } from './refusal.ts'

/** A body that was not taken, as a line of the dead-letter file. */
export interface DeadLetter {
  readonly received_at: string
  readonly path: string
  /** The last is told by a queue. */
  readonly kind: RefusalKind | 'message_refused'
  readonly reason: string
  readonly content_type: string
  readonly content_encoding?: string
  /** As far as it may be stored. */
  readonly client_address?: string
  /** In base64: it may be anything. */
  readonly body: string
}

/** How often a full file is looked at: a replay may have taken it away. */
const LOOK_EVERY_MS = 1_000

/** Lines on their way to the disk, beyond which more are only counted. */
const MAX_WAITING_BYTES = 4_194_304

/**
 * Keeps what was refused, with the reason, up to a number of bytes a file; `ferry events replay`
 * takes the file away and sends its letters again. Not synced: its senders were told that it was not taken.
 */
export class DeadLetters {
  /** Not kept: the file was full, or not to be written. */
  lost = 0
  readonly #path: string
  readonly #maxBytes: number
  #written: number
  #waiting: string[] = []
  #waitingBytes = 0
  #isWriting = false
  #lookedAtMs = 0

  /** `written`: bytes that the file has already. */
  constructor(path: string, maxBytes: number, written: number) {
    this.#path = path
    this.#maxBytes = maxBytes
    this.#written = written
  }

  /** `body` is read only where there is room for it: of a large one the text alone takes memory. */
  keep(letter: Omit<DeadLetter, 'body'>, body: Buffer): void {
    const least = Math.ceil(body.length / 3) * 4
    if (this.#isFull(least)) this.#look()
    const line = this.#hasNoRoom(least) ? '' : letterLine(letter, body)
    if (line === '' || this.#hasNoRoom(line.length)) {
      this.lost++
      return
    }
    this.#waiting.push(line)
    this.#waitingBytes += line.length
    if (!this.#isWriting) this.#write()
  }

  #hasNoRoom(bytes: number): boolean {
    return this.#isFull(bytes) || this.#waitingBytes + bytes > MAX_WAITING_BYTES
  }

  #isFull(bytes: number): boolean {
    return this.#written + this.#waitingBytes + bytes > this.#maxBytes
  }

  #look(): void {
    const nowMs = performance.now()
    if (this.#lookedAtMs !== 0 && nowMs - this.#lookedAtMs < LOOK_EVERY_MS) return
    this.#lookedAtMs = nowMs
    this.#written = statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0
  }

  #write(): void {
    const lines = this.#waiting
    const bytes = this.#waitingBytes
    this.#waiting = []
    this.#isWriting = true
    appendFile(this.#path, lines.join(''), { mode: 0o640 }, error => {
      this.#waitingBytes -= bytes
      if (error === null) this.#written += bytes
      else this.lost += lines.length
      this.#isWriting = false
      if (this.#waiting.length > 0) this.#write()
    })
  }
}

function letterLine(letter: Omit<DeadLetter, 'body'>, body: Buffer): string {
  const whole: DeadLetter = { ...letter, body: body.toString('base64') }
  return `${JSON.stringify(whole)}\n`
}

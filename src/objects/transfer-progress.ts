import { formatBytes, formatDuration } from '../core/units.ts'

/** What a batch of transfers has done so far, for a line on a terminal. */
export class TransferProgress {
  objects = 0
  bytes = 0
  #foundObjects = 0
  #foundBytes = 0
  /** All sources were looked through. */
  #isTotal = false
  readonly #startedMs: number

  constructor(startedMs: number) {
    this.#startedMs = startedMs
  }

  /** Another object of so many bytes is to be done; without a size, no more will come. */
  found(bytes: number | undefined): void {
    if (bytes === undefined) this.#isTotal = true
    else {
      this.#foundObjects++
      this.#foundBytes += bytes
    }
  }

  /** So many bytes of what was found need not be moved. */
  spared(bytes: number): void {
    this.#foundBytes -= bytes
  }

  /** `12 of 40 objects, 3.1 GB of 9.4 GB, 91.2 MB/s, 1 min 9 s left`. */
  line(nowMs: number): string {
    const elapsedMs = Math.max(1, nowMs - this.#startedMs)
    const rate = this.bytes / (elapsedMs / 1_000)
    const objects = this.#isTotal ? ` of ${this.#foundObjects}` : ''
    const bytes = this.#isTotal ? ` of ${formatBytes(this.#foundBytes)}` : ''
    const parts = [
      `${this.objects}${objects} objects`,
      `${formatBytes(this.bytes)}${bytes}`,
      `${formatBytes(rate)}/s`,
    ]
    if (this.#isTotal && rate > 0) {
      const left = Math.max(0, this.#foundBytes - this.bytes)
      parts.push(`${formatDuration((left / rate) * 1_000)} left`)
    }
    return parts.join(', ')
  }
}

const REDRAW_MS = 200

/** Shows a line that changes, on a terminal; nothing elsewhere. Stop it before anything is printed. */
export class ProgressLine {
  readonly #stream: NodeJS.WriteStream
  readonly #text: () => string
  readonly #timer: NodeJS.Timeout | undefined
  #isShown = false

  constructor(stream: NodeJS.WriteStream, text: () => string) {
    this.#stream = stream
    this.#text = text
    if (stream.isTTY) this.#timer = setInterval(() => this.#draw(), REDRAW_MS)
    this.#timer?.unref()
  }

  /** Takes the line away, so that something can be printed; it comes again by itself. */
  clear(): void {
    if (this.#isShown) this.#stream.write('\r\u001b[K')
    this.#isShown = false
  }

  stop(): void {
    clearInterval(this.#timer)
    this.clear()
  }

  #draw(): void {
    this.#isShown = true
    this.#stream.write(`\r${this.#text().slice(0, (this.#stream.columns || 80) - 1)}\u001b[K`)
  }
}

import { isUtf8 } from 'node:buffer'
import { rm } from 'node:fs/promises'
import { type AtomicOutput, openAtomicOutput } from '../core/atomic-output.ts'
import type { Rejection } from './file-cruncher.ts'

const FLUSH_BYTES = 262_144

/**
 * The rejected lines of one input, one JSON object a line: where they stood, why, and what they were
 * (`text`, or `base64` where they are not UTF-8; of a line that is too long its beginning, `cut`). The file is there when there are some.
 */
export class RejectsFile {
  readonly #path: string
  readonly #name: string
  readonly #redact: (text: Buffer) => Buffer
  #lines: string[] = []
  #waiting = 0
  #output: AtomicOutput | undefined
  count = 0

  /** `name`: of the input, as every line names it. `redact`: what may be kept of a line's text. */
  constructor(path: string, name: string, redact: (text: Buffer) => Buffer = text => text) {
    this.#path = path
    this.#name = name
    this.#redact = redact
  }

  add({ line, byteOffset, bytes, reason, text, isCut }: Rejection): void {
    this.count++
    const shown = this.#redact(text.at(-1) === 0x0a ? text.subarray(0, -1) : text)
    const content = isUtf8(shown)
      ? { text: shown.toString('utf8') }
      : { base64: shown.toString('base64') }
    const cut = isCut ? { cut: true } : {}
    const place = { file: this.#name, line, byte_offset: byteOffset, bytes, reason }
    const json = `${JSON.stringify({ ...place, ...content, ...cut })}\n`
    this.#lines.push(json)
    this.#waiting += json.length
  }

  /** Writes what waits, when it is much. */
  async ready(): Promise<void> {
    if (this.#waiting >= FLUSH_BYTES) await this.#flush()
  }

  /** The whole file under its name; without lines there is none. */
  async finish(): Promise<void> {
    if (this.count === 0) {
      await rm(this.#path, { force: true }) // of an earlier time
      return
    }
    await this.#flush()
    await this.#output?.commit()
  }

  async abort(): Promise<void> {
    await this.#output?.discard()
  }

  async #flush(): Promise<void> {
    this.#output ??= await openAtomicOutput(this.#path)
    const lines = this.#lines
    this.#lines = []
    this.#waiting = 0
    await this.#output.write(Buffer.from(lines.join('')))
  }
}

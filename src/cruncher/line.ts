import type { Scanner } from './scan/scanner.ts'

/** A line to be parsed: bytes, and, for formats that are patterns, a string that is made once. */
export class Line {
  bytes: Buffer = Buffer.alloc(0)
  /** Its first byte, and the one behind its last; the line's end is not part of it. */
  from = 0
  to = 0
  /** Another one for each line: what was found out about a line holds as long as it is the same. */
  serial = 0
  #text: string | undefined
  readonly #scanner: Scanner | undefined

  constructor(scanner?: Scanner) {
    this.#scanner = scanner
  }

  /** What can scan it quickly: only what is in its own memory. */
  get scanner(): Scanner | undefined {
    return this.#scanner !== undefined && this.bytes === this.#scanner.bytes
      ? this.#scanner
      : undefined
  }

  set(bytes: Buffer, from: number, to: number): void {
    this.bytes = bytes
    this.from = from
    this.to = to
    this.serial++
    this.#text = undefined
  }

  get text(): string {
    this.#text ??= this.bytes.toString('utf8', this.from, this.to)
    return this.#text
  }
}

import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { type AtomicOutput, openAtomicOutput } from '../core/atomic-output.ts'
import { compress, type Packing } from '../formats/compression.ts'

const PIECE_CHARACTERS = 262_144

/** A file of text, packed, that is seen whole or not at all. */
export class PackedFile implements AsyncDisposable {
  readonly #output: AtomicOutput
  readonly #input = new PassThrough()
  readonly #written: Promise<void>
  #waiting = ''

  /** @throws FerryError LOCAL_IO, DENIED */
  static async open(path: string, packing: Packing): Promise<PackedFile> {
    return new PackedFile(await openAtomicOutput(path), packing)
  }

  private constructor(output: AtomicOutput, packing: Packing) {
    this.#output = output
    this.#written = this.#pump(packing)
    this.#written.catch(() => {}) // told by write and commit
  }

  async #pump(packing: Packing): Promise<void> {
    for await (const bytes of compress(this.#input, packing)) {
      await this.#output.write(bytes)
    }
  }

  /** @throws FerryError LOCAL_IO */
  async write(text: string): Promise<void> {
    this.#waiting += text
    if (this.#waiting.length >= PIECE_CHARACTERS) await this.#flush()
  }

  async commit(): Promise<void> {
    await this.#flush()
    this.#input.end()
    await this.#written
    await this.#output.commit()
  }

  async #flush(): Promise<void> {
    const text = this.#waiting
    this.#waiting = ''
    if (text === '' || this.#input.write(text)) return
    await Promise.race([once(this.#input, 'drain'), this.#written])
  }

  /** Removes what was not committed. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#input.destroy()
    await this.#output.discard()
  }
}

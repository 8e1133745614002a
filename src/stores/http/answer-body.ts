import type { ObjectBody, ObjectInfo, ObjectStream, ReadOptions } from '../store.ts'
import { textHeader } from '../../clouds/http/headers.ts'
import type { WireAnswer } from '../../clouds/http/transport.ts'
import { type AnswerBody, NoRoomError } from '../../clouds/http/wire-body.ts'

/** Errors in the words of a driver, for one object. */
export interface BodyFailures {
  readonly broken: (what: string) => Error
  readonly network: (error: unknown) => Error
}

/** As the header has it: `bytes=0-99`. */
export function rangeText({ offset, length }: NonNullable<ReadOptions['range']>): string {
  return `bytes=${offset}-${offset + length - 1}`
}

/**
 * An answer to a request for an object, or a range of it, as a stream: of the range that was asked
 * for, and of its length, or an error. An answer that nobody will read is ended.
 */
export async function streamOf(
  answer: WireAnswer,
  { range, signal }: ReadOptions,
  object: BodyFailures & { readonly info: () => ObjectInfo | Promise<ObjectInfo> },
): Promise<ObjectStream> {
  try {
    const info = await object.info()
    if (range !== undefined) {
      const told = textHeader(answer.headers, 'content-range') ?? ''
      if (!told.startsWith(`bytes ${range.offset}-${range.offset + range.length - 1}/`)) {
        throw object.broken('it is not of the range that was asked for')
      }
    }
    const length = range?.length ?? info.size
    return { info, body: new CountedBody(answer.body, length, signal, object) }
  } catch (error) {
    answer.body.discard()
    throw error
  }
}

/** What comes must be as long as was announced. */
class CountedBody implements ObjectBody {
  readonly #body: AnswerBody
  readonly #length: number
  readonly #signal: AbortSignal
  readonly #failures: BodyFailures
  /** What `fill` took of it. */
  #filled = 0

  constructor(body: AnswerBody, length: number, signal: AbortSignal, failures: BodyFailures) {
    this.#body = body
    this.#length = length
    this.#signal = signal
    this.#failures = failures
  }

  async readInto(target: Uint8Array, onBytes: (bytes: number) => void): Promise<void> {
    try {
      const room = target.subarray(0, this.#length - this.#filled)
      this.#assertWhole(this.#filled + (await this.#body.readInto(room, onBytes)))
    } catch (error) {
      throw this.#known(error)
    }
  }

  async fill(target: Uint8Array, onBytes: (bytes: number) => void): Promise<void> {
    try {
      const bytes = await this.#body.fill(target, onBytes)
      this.#filled += bytes
      if (bytes < target.length) {
        throw this.#failures.broken(`${this.#filled} bytes came, and more were to come`)
      }
    } catch (error) {
      this.discard()
      throw this.#known(error)
    }
  }

  discard(): void {
    this.#body.discard()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    let size = 0
    try {
      for await (const chunk of this.#body) {
        size += chunk.length
        yield chunk
      }
      this.#assertWhole(size)
    } catch (error) {
      throw this.#known(error)
    }
  }

  #assertWhole(size: number): void {
    if (size === this.#length) return
    throw this.#failures.broken(`${size} bytes came, not ${this.#length}`)
  }

  #known(error: unknown): unknown {
    this.#signal.throwIfAborted()
    if (error instanceof NoRoomError) return this.#failures.broken(error.message)
    return this.#failures.network(error)
  }
}

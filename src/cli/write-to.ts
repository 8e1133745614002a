import { once } from 'node:events'
import { FerryError, systemErrorCode } from '../core/errors.ts'

/** Writes bytes to a stream as fast as it takes them. @throws what PacedOutput throws */
export async function writeTo(
  stream: NodeJS.WritableStream,
  bytes: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<void> {
  using output = new PacedOutput(stream, signal)
  for await (const piece of bytes) await output.write(piece)
}

/** A stream that is written to as fast as it takes it. */
export class PacedOutput implements Disposable {
  readonly #stream: NodeJS.WritableStream
  readonly #signal: AbortSignal
  readonly #failed = new AbortController()
  readonly #stop: AbortSignal
  readonly #fail = (error: Error): void => this.#failed.abort(error)

  constructor(stream: NodeJS.WritableStream, signal: AbortSignal) {
    this.#stream = stream
    this.#signal = signal
    this.#stop = AbortSignal.any([signal, this.#failed.signal])
    stream.on('error', this.#fail)
  }

  /**
   * Returns when the stream can take more. Who reads the other end and stops (`| head`) ends it
   * quietly. @throws FerryError LOCAL_IO
   */
  async write(piece: Uint8Array | string): Promise<void> {
    try {
      this.#stop.throwIfAborted()
      if (!this.#stream.write(piece)) await once(this.#stream, 'drain', { signal: this.#stop })
    } catch (error) {
      this.#signal.throwIfAborted()
      if (!this.#failed.signal.aborted) throw error
      const cause: unknown = this.#failed.signal.reason
      if (systemErrorCode(cause) === 'EPIPE') {
        throw new FerryError('LOCAL_IO', 'nobody reads the output', {
          cause,
          details: { quiet: true },
        })
      }
      throw new FerryError('LOCAL_IO', 'cannot write the output', { cause })
    }
  }

  [Symbol.dispose](): void {
    this.#stream.removeListener('error', this.#fail)
  }
}

/** A proxy that hears nothing for a minute hangs up. */
const BEAT_MS = 20_000
const encoder = new TextEncoder()
const BEAT = encoder.encode(': \n\n')

/** One server-sent event. One text, to be encoded once for all readers. */
export const encodeEvent = (event: string, data: object): Uint8Array =>
  encoder.encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)

/**
 * Server-sent events for one reader, of which the newest says all: while a reader has not taken the last one, a
 * newer one takes the place of what waits, so that a slow reader costs no more memory than a quick one.
 */
export class EventStream {
  readonly body: ReadableStream<Uint8Array>
  readonly #beat: NodeJS.Timeout
  #waiting: Uint8Array | undefined
  #wake: (() => void) | undefined

  /** `first` is sent before all others. `onGone`: the reader has left; nothing is to be sent any more. */
  constructor(first: Uint8Array, onGone: () => void) {
    this.#waiting = first
    this.#beat = setInterval(() => {
      if (this.#waiting === undefined) this.send(BEAT)
    }, BEAT_MS)
    this.#beat.unref()
    const pull = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
      if (this.#waiting === undefined) await new Promise<void>(resolve => (this.#wake = resolve))
      const bytes = this.#waiting
      this.#waiting = undefined
      if (bytes !== undefined) controller.enqueue(bytes)
    }
    const cancel = (): void => {
      clearInterval(this.#beat)
      this.#wake?.()
      onGone()
    }
    // Nothing is asked for before the reader has room.
    this.body = new ReadableStream({ pull, cancel }, { highWaterMark: 0 })
  }

  send(event: Uint8Array): void {
    this.#waiting = event
    this.#wake?.()
    this.#wake = undefined
  }
}

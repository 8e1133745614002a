import { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import type { AnswerHeaders, AnswerReceiver, Sender } from './sender.ts'

/** A body above this goes in pieces, so that its progress can be seen. */
const PIECE_BYTES = 131_072

/** undici's client, which knows proxies. */
export function undiciSender(agent: Dispatcher): Sender {
  return {
    send({ origin, method, path, headers, body }, receiver) {
      const sent = body === undefined ? null : watched(body, receiver)
      // Otherwise every HEAD would end its connection.
      const reset = false
      const request = { origin, path, method, headers, body: sent, reset }
      agent.dispatch(request, new UndiciHandler(receiver))
    },
    close: () => agent.destroy(),
  }
}

function watched(body: Uint8Array, receiver: AnswerReceiver): Uint8Array | Readable {
  return body.length > PIECE_BYTES ? Readable.from(pieces(body, receiver)) : body
}

function* pieces(body: Uint8Array, receiver: AnswerReceiver): Generator<Uint8Array> {
  for (let at = 0; at < body.length; at += PIECE_BYTES) {
    receiver.moved()
    yield body.subarray(at, at + PIECE_BYTES)
  }
}

class UndiciHandler implements Dispatcher.DispatchHandler {
  readonly #receiver: AnswerReceiver

  constructor(receiver: AnswerReceiver) {
    this.#receiver = receiver
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    const isWanted = this.#receiver.started(controller)
    if (!isWanted) controller.abort(new Error('nobody waits for the answer'))
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: AnswerHeaders): void {
    this.#receiver.moved()
    if (status >= 200) this.#receiver.answered(status, headers)
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#receiver.moved()
    this.#receiver.received(chunk)
  }

  onResponseEnd(): void {
    this.#receiver.ended()
  }

  onResponseError(_: Dispatcher.DispatchController | undefined, error: Error): void {
    this.#receiver.failed(error)
  }
}

import { Worker } from 'node:worker_threads'
import type { Md5Answer, Md5Request } from './md5-worker.ts'
import type { RunningMd5 } from './md5.ts'

const PIECE_BYTES = 524_288

/** It holds no more than a part and the states of its hashes. */
const MEMORY = { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 16 }

/**
 * MD5 in a thread of its own, which starts with the first bytes: it is half of what a download from
 * Azure computes, and meanwhile nothing would be received or written. What it gets is a copy, a piece
 * at a time: to copy is quick, and memory that threads share is given back late.
 */
export class Md5Thread {
  readonly #file: URL
  readonly #waiting = new Map<number, PromiseWithResolvers<string>>()
  /** Pieces that came back: to get memory anew would cost more than to hash what is in it. */
  readonly #spare: ArrayBuffer[] = []
  #worker: Worker | undefined
  #lastHash = 0
  #lastRequest = 0

  /** `file` is md5-worker.ts, as it was built. */
  constructor(file: URL) {
    this.#file = file
  }

  start(): RunningMd5 {
    const hash = ++this.#lastHash
    return {
      update: async bytes => {
        let before: Promise<unknown> | undefined
        for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
          const sent = this.#ask({
            hash,
            bytes: this.#copyOf(bytes.subarray(at, at + PIECE_BYTES)),
          })
          await before // so that one waits there while another is hashed
          before = sent
        }
        await before
      },
      digest: () => this.#ask({ hash }),
    }
  }

  #copyOf(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
    const piece = new Uint8Array(this.#spare.pop() ?? new ArrayBuffer(PIECE_BYTES), 0, bytes.length)
    piece.set(bytes)
    return piece
  }

  /** Requests are answered in the order of the calls. */
  #ask(question: Omit<Md5Request, 'id'>): Promise<string> {
    this.#worker ??= this.#begin()
    const id = ++this.#lastRequest
    const answer = Promise.withResolvers<string>()
    this.#waiting.set(id, answer)
    this.#worker.ref()
    const request: Md5Request = { id, ...question }
    this.#worker.postMessage(request, question.bytes === undefined ? [] : [question.bytes.buffer])
    return answer.promise
  }

  #begin(): Worker {
    const worker = new Worker(this.#file, { resourceLimits: MEMORY })
    worker.on('message', ({ id, digest, memory }: Md5Answer) => {
      if (memory !== undefined) this.#spare.push(memory)
      this.#waiting.get(id)?.resolve(digest)
      this.#waiting.delete(id)
      // A process may end while nobody waits for it.
      if (this.#waiting.size === 0) worker.unref()
    })
    worker.on('error', error => this.#fail(error))
    worker.on('exit', code => this.#fail(new Error(`the thread for MD5 ended with ${code}`)))
    return worker
  }

  #fail(error: Error): void {
    this.#worker = undefined
    for (const answer of this.#waiting.values()) answer.reject(error)
    this.#waiting.clear()
  }
}

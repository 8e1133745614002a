import { Worker } from 'node:worker_threads'
import { FerryError } from '../core/errors.ts'
import type { KeyPolicy } from './acceptor.ts'
import type {
  Page,
  WorkerMessage,
  WorkerOptions,
  WorkerRequest,
  WorkerState,
} from './worker-messages.ts'

export interface WorkerEvents {
  readonly sealed: (name: string, bytes: number) => void
  /** A client asked the worker for a page. */
  readonly asked: (what: 'metrics' | 'health' | 'flush') => Promise<Page>
  /** The thread ended though nobody stopped it. */
  readonly failed: (error: Error) => void
}

/** A worker as the collector sees it: questions, each with its answer. */
export class WorkerThread {
  readonly #worker: Worker
  readonly #waiting = new Map<number, PromiseWithResolvers<WorkerState>>()
  readonly #listening = Promise.withResolvers<number>()
  readonly #events: WorkerEvents
  #nextId = 1
  #isStopping = false
  #failure: Error | undefined

  constructor(file: URL, options: WorkerOptions, events: WorkerEvents) {
    this.#events = events
    this.#worker = new Worker(file, {
      workerData: options,
      resourceLimits: { maxYoungGenerationSizeMb: 8 },
    })
    this.#listening.promise.catch(() => {}) // told by `failed` too
    this.#worker.on('message', (message: WorkerMessage) => this.#take(message))
    this.#worker.on('error', error => this.#fail(error))
    this.#worker.on('exit', code => {
      if (!this.#isStopping) this.#fail(new Error(`the worker ended with ${code}`))
    })
  }

  /** The port, once it listens. @throws FerryError CONFIG_INVALID, DENIED where it cannot */
  get listening(): Promise<number> {
    return this.#listening.promise
  }

  snapshot(): Promise<WorkerState> {
    return this.#ask({ kind: 'snapshot', id: this.#nextId++ })
  }

  seal(): Promise<WorkerState> {
    return this.#ask({ kind: 'seal', id: this.#nextId++ })
  }

  setKeys(keys: KeyPolicy): Promise<WorkerState> {
    return this.#ask({ kind: 'keys', id: this.#nextId++, keys })
  }

  stop(): Promise<WorkerState> {
    return this.#ask({ kind: 'stop', id: this.#nextId++ })
  }

  async terminate(): Promise<void> {
    this.#isStopping = true
    await this.#worker.terminate()
  }

  #ask(request: WorkerRequest): Promise<WorkerState> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    const waiting = Promise.withResolvers<WorkerState>()
    this.#waiting.set(request.id, waiting)
    this.#worker.postMessage(request)
    return waiting.promise
  }

  #take(message: WorkerMessage): void {
    if (message.kind === 'listening') this.#listening.resolve(message.port)
    else if (message.kind === 'sealed') this.#events.sealed(message.name, message.bytes)
    else if (message.kind === 'done') {
      this.#waiting.get(message.id)?.resolve(message.state)
      this.#waiting.delete(message.id)
    } else void this.#answer(message.id, message.what)
  }

  async #answer(id: number, what: 'metrics' | 'health' | 'flush'): Promise<void> {
    const page = await this.#events.asked(what).catch((error: unknown) => ({
      status: 500,
      contentType: 'text/plain',
      body: error instanceof Error ? error.message : String(error),
    }))
    this.#worker.postMessage({ kind: 'page', id, page } satisfies WorkerRequest)
  }

  #fail(error: Error): void {
    if (this.#isStopping) return
    this.#isStopping = true
    const told = asListenError(error)
    this.#failure = told
    this.#listening.reject(told)
    for (const waiting of this.#waiting.values()) waiting.reject(told)
    this.#waiting.clear()
    this.#events.failed(told)
  }
}

function asListenError(error: Error): Error {
  const code = 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE') {
    return new FerryError('BUSY', `cannot listen: ${error.message}`, {
      hint: 'another program has the port: choose another one with --listen',
    })
  }
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return new FerryError('CONFIG_INVALID', `cannot listen: ${error.message}`, {
      hint: 'choose an address of this machine and a port from 1024 up with --listen',
    })
  }
  return error
}

import type { AcceptorOptions, KeyPolicy } from './acceptor.ts'
import type { Compression } from '../formats/compression.ts'
import type { CounterSnapshot } from './counters.ts'

/** What a worker is started with; all of it can be cloned between threads. */
export interface WorkerOptions {
  /** From 1 up. */
  readonly number: number
  readonly host: string
  readonly port: number
  readonly directory: string
  readonly segmentBytes: number
  readonly segmentAgeMs: number
  readonly sync: boolean
  /** How rows are packed before they are written, where they are delivered as they lie there. */
  readonly packing: Compression | undefined
  readonly partition: 'day' | 'hour'
  readonly maxConnections: number
  /** For bodies that come in pieces, of all connections. */
  readonly bodyMemoryBytes: number
  readonly deadLetterBytes: number
  readonly maxDiskBytes: number
  readonly accept: AcceptorOptions
  readonly keys: KeyPolicy
  readonly sequence: SharedArrayBuffer
  readonly replays: SharedArrayBuffer
  readonly space: SharedArrayBuffer
}

/** What the collector asks of a worker; each is answered with `done` and its id. */
export type WorkerRequest =
  | { readonly kind: 'snapshot'; readonly id: number }
  | { readonly kind: 'seal'; readonly id: number }
  | { readonly kind: 'keys'; readonly id: number; readonly keys: KeyPolicy }
  /** Take nothing more, write what waits, seal, and go. */
  | { readonly kind: 'stop'; readonly id: number }
  /** The answer to a page that a client asked the worker for. */
  | { readonly kind: 'page'; readonly id: number; readonly page: Page }

export interface Page {
  readonly status: number
  readonly contentType: string
  readonly body: string
}

export interface WorkerState {
  readonly counters: CounterSnapshot
  /** Why the last write failed, if it did. */
  readonly failure: string | undefined
}

export type WorkerMessage =
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'sealed'; readonly name: string; readonly bytes: number }
  | { readonly kind: 'done'; readonly id: number; readonly state: WorkerState }
  /** A client asked for a page that only the collector can make. */
  | { readonly kind: 'ask'; readonly id: number; readonly what: 'metrics' | 'health' | 'flush' }

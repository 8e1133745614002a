/** What goes out over one connection, and who is told what becomes of it. */
export interface SentRequest {
  readonly origin: string
  readonly method: string
  /** With the query. Sent as it stands: `..` and `//` are parts of keys. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Uint8Array | undefined
}

/** Names in lower case; a list of values where one came more than once. */
export type AnswerHeaders = Readonly<Record<string, string | string[] | undefined>>

/** The flow of one exchange, for who receives its answer. */
export interface SenderControl {
  pause(): void
  resume(): void
  /** Ends the exchange and its connection; `failed` is told the reason. */
  abort(reason: Error): void
}

/** Told of one exchange, in this order; `ended` or `failed` is the last call. */
export interface AnswerReceiver {
  /** A connection was found: the request goes out, unless false says that nobody wants it any more. */
  started(control: SenderControl): boolean
  /** Some bytes went out or came in. */
  moved(): void
  /** The head of the final answer. */
  answered(status: number, headers: AnswerHeaders): void
  /**
   * Where the next bytes of the body may be put at once. What is returned is written to until
   * `filled` tells how far, or the exchange is over.
   */
  room(): Uint8Array | undefined
  /** So many bytes are in the room. */
  filled(bytes: number): void
  /** More of the body. The bytes are the receiver's. */
  received(chunk: Uint8Array): void
  ended(): void
  failed(error: Error): void
}

/** Sends requests over connections that are kept. */
export interface Sender {
  /** Throws, or tells the receiver, what cannot be sent at all. */
  send(request: SentRequest, receiver: AnswerReceiver): void
  /** Ends all connections. */
  close(): Promise<void>
}

/**
 * The wire between a session and the process that owns the embedded warehouse: frames over a Unix
 * socket, the same in both directions.
 *
 *     u32 big-endian: bytes of the header | u32 big-endian: bytes of the body | header | body
 *
 * The header is JSON. A session's first frame is a `hello` (or `status`, or `stop`); one request is
 * under way at a time, and each is answered by frames of which the last has `done` or `error`:
 *
 *     hello    { build, database, lease? }  -> done { pid, fifo }, or error; `retiring`: try again
 *     execute  { statement }                -> done { rowsAffected }
 *     export   { statement, format, fifo }  -> columns { columns }, done { rows }; no columns: no result,
 *                                              and the FIFO is not opened
 *     file     { statement, path }          -> done { rows }      Parquet, written to `path`
 *     cancel   {}                           -> nothing; the running request ends with an error
 *     release  {}                           -> nothing; the session has closed its end of the FIFO
 *     status   {}                           -> done { status }
 *     stop     {}                           -> done {}, then the owner goes
 *
 * Rows do not pass through the socket but through the FIFO that an `export` names: DuckDB writes
 * its own CSV there while the session reads, so the kernel gives backpressure, the owner copies
 * nothing, and an error in the middle of a query is told (DuckDB's streaming results end early
 * without one). Results that `COPY` cannot take (SHOW, EXPLAIN, INSERT ... RETURNING) are put into a
 * temporary table first and go the same way.
 *
 * Node can make a FIFO only by starting mkfifo. The owner names one for each session; the session
 * makes it when it is not there, and when it says `release` at its end, the next session gets it.
 */
import type { Socket } from 'node:net'
import type { ErrorRecord } from '../../core/errors.ts'
import type { Column } from '../dialect.ts'

export type Request =
  | { readonly op: 'hello'; readonly build: string; readonly database: string; lease?: boolean }
  | { readonly op: 'execute'; readonly statement: string }
  | {
      readonly op: 'export'
      readonly statement: string
      readonly format: 'csv' | 'tsv' | 'json'
      readonly fifo: string
    }
  | { readonly op: 'file'; readonly statement: string; readonly path: string }
  | { readonly op: 'cancel' }
  | { readonly op: 'release' }
  | { readonly op: 'status' }
  | { readonly op: 'stop' }

export type Reply =
  | {
      readonly kind: 'done'
      readonly pid?: number
      readonly fifo?: string
      readonly rowsAffected?: number | null
      readonly rows?: number | null
      readonly status?: OwnerStatus
    }
  | { readonly kind: 'columns'; readonly columns: readonly Column[] }
  | { readonly kind: 'retiring'; readonly pid: number; readonly sessions: number }
  | { readonly kind: 'error'; readonly error: ErrorRecord }

export interface OwnerStatus {
  readonly pid: number
  readonly database: string
  readonly build: string
  readonly sessions: number
  readonly leases: number
  /** Sessions that run a statement just now. */
  readonly queries: number
  readonly startedAt: string
}

export interface Frame<Header> {
  readonly header: Header
  readonly body: Buffer
}

const PREFIX_BYTES = 8
const NO_BODY = Buffer.alloc(0)

export function encodeFrame(header: Request | Reply, body: Uint8Array = NO_BODY): Buffer {
  const text = Buffer.from(JSON.stringify(header))
  const prefix = Buffer.allocUnsafe(PREFIX_BYTES)
  prefix.writeUInt32BE(text.length, 0)
  prefix.writeUInt32BE(body.length, 4)
  return Buffer.concat([prefix, text, body])
}

/** The frames of a socket until it ends; a frame cut off by the end is dropped. */
export async function* readFrames<Header extends Request | Reply>(
  socket: Socket,
): AsyncGenerator<Frame<Header>, void> {
  let chunks: Buffer[] = []
  let length = 0
  let needed = PREFIX_BYTES
  for await (const chunk of socket) {
    chunks.push(chunk as Buffer) // no encoding is set on the socket
    length += chunks.at(-1)?.length ?? 0
    while (length >= needed) {
      const bytes = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)
      chunks = [bytes]
      const headerEnd = PREFIX_BYTES + bytes.readUInt32BE(0)
      const end = headerEnd + bytes.readUInt32BE(4)
      if (length < end) {
        needed = end
        break
      }
      const text = bytes.toString('utf8', PREFIX_BYTES, headerEnd)
      // Both ends are the same build of Ferry; the first frame checks that.
      yield { header: JSON.parse(text) as Header, body: bytes.subarray(headerEnd, end) }
      chunks = [bytes.subarray(end)]
      length -= end
      needed = PREFIX_BYTES
    }
  }
}

/** Writes a frame and waits while the other end is behind. */
export async function sendFrame(
  socket: Socket,
  header: Request | Reply,
  body?: Uint8Array,
): Promise<void> {
  if (socket.destroyed || socket.write(encodeFrame(header, body))) return
  await new Promise<void>(resolve => {
    const go = (): void => {
      socket.off('drain', go).off('close', go)
      resolve()
    }
    socket.on('drain', go).on('close', go)
  })
}

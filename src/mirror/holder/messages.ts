import type { Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { crc32c } from '@node-rs/crc32'
import type { ErrorRecord } from '../../core/errors.ts'
import type { SourceConfig } from '../../databases/config.ts'
import type { LeaseWish } from './leases.ts'
import type { SourceMoment } from '../source-access.ts'

/** What a reader asks of the holder, as the first line; the connection is its lease. */
export interface LeaseRequest {
  /** Of the source's settings: a holder that has others makes room for another. */
  readonly digest: string
  readonly wish: LeaseWish
}

/** The second line, when all was read. */
export interface ReadNote {
  readonly kind: 'read'
}

/** The holder's answer, a line; what is held is given back by closing the connection. */
export type LeaseAnswer =
  | { readonly kind: 'granted'; readonly slots: number; readonly moment: SourceMoment | null }
  | { readonly kind: 'retiring' }
  | { readonly kind: 'failed'; readonly error: ErrorRecord }

export function sendLine(socket: Socket, message: LeaseRequest | LeaseAnswer | ReadNote): void {
  socket.write(`${JSON.stringify(message)}\n`)
}

/** The lines that come, until the other side has gone. Both sides are of one build. */
export async function* readLines<Message>(socket: Socket): AsyncGenerator<Message> {
  try {
    for await (const line of createInterface({ input: socket })) {
      yield JSON.parse(line) as Message // the other side is Ferry
    }
  } catch {
    // The connection broke, or a line did: the other side has gone.
  }
}

/** Tells one set of settings from another; the build counts, too. */
export function settingsDigest(config: SourceConfig): string {
  return `${process.version} ${crc32c(JSON.stringify([import.meta.url, config])).toString(16)}`
}

import type { Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { crc32c } from '@node-rs/crc32'
import type { ErrorRecord } from '../../core/errors.ts'
import type { SourceConfig } from '../../databases/config.ts'
import type { SourceMoment } from '../source-access.ts'

/** What a reader asks of the holder, as the first line; the connection is its lease. */
export interface LeaseRequest {
  /** Of the source's settings: a holder that has others makes room for another. */
  readonly digest: string
  /** Connections that it could make use of. */
  readonly wanted: number
  /** The moment must be later than this one, which cannot see the table. */
  readonly after: string | undefined
}

/** The holder's answer, a line; what is held is given back by closing the connection. */
export type LeaseAnswer =
  | { readonly kind: 'granted'; readonly slots: number; readonly moment: SourceMoment | null }
  | { readonly kind: 'retiring' }
  | { readonly kind: 'failed'; readonly error: ErrorRecord }

export function sendLine(socket: Socket, message: LeaseRequest | LeaseAnswer): void {
  socket.write(`${JSON.stringify(message)}\n`)
}

/** The next line, or undefined when the other side has gone. Both sides are of one build. */
export async function readLine<Message>(socket: Socket): Promise<Message | undefined> {
  const lines = createInterface({ input: socket })
  try {
    for await (const line of lines) return JSON.parse(line) as Message // the other side is Ferry
    return undefined
  } catch {
    return undefined // the connection broke
  } finally {
    lines.close()
    socket.resume() // so that its end is noticed
  }
}

/** Tells one set of settings from another; the build counts, too. */
export function settingsDigest(config: SourceConfig): string {
  return `${process.version} ${crc32c(JSON.stringify([import.meta.url, config])).toString(16)}`
}

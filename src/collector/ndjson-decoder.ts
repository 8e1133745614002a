import type { EventRows } from './event-rows.ts'
import { JsonDecoder, parseJsonObject } from './json-decoder.ts'

const LINE_FEED = 0x0a

/**
 * Reads events as JSON, one a line, each with the fields of its collection beside its own. Lines of
 * white space are passed over.
 */
export class NdjsonDecoder {
  readonly #json = new JsonDecoder()

  /** Adds the rows of a body. @throws Refusal; rows may be there already */
  decode(body: Buffer, rows: EventRows): void {
    for (const line of eventLines(body)) {
      rows.attempt(() => {
        const event = parseJsonObject(line)
        this.#json.beginCollection(event, rows, 1)
        this.#json.addPayload(event, rows)
      })
    }
  }
}

/** The lines that must be events. */
export function* eventLines(body: Buffer): Generator<Buffer> {
  for (let at = 0; at < body.length; ) {
    const feed = body.indexOf(LINE_FEED, at)
    const end = feed < 0 ? body.length : feed
    const line = body.subarray(at, end)
    at = end + 1
    if (!isBlank(line)) yield line
  }
}

function isBlank(line: Buffer): boolean {
  for (const byte of line) if (byte > 0x20) return false
  return true
}

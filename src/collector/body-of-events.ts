import type { Door } from './doors.ts'
import { listOf, parseJsonObject } from './json-decoder.ts'
import { eventLines } from './ndjson-decoder.ts'
import { ProtobufDecoder } from './protobuf-decoder.ts'

const LINE_FEED = Buffer.from('\n')

/** Whether an event stays, by its place among the events of its request. */
type IsWanted = (index: number) => boolean

/**
 * A request's body with some of its events only, for one that was taken in part: what was stored is
 * not sent again. `body` is one whose events could be told apart, without its Content-Encoding.
 * @throws Refusal where it is not
 */
export function bodyOfEvents(
  door: Door,
  contentType: string,
  body: Buffer,
  isWanted: IsWanted,
): Buffer {
  switch (door.kind) {
    case 'track':
      return /protobuf/i.test(contentType)
        ? new ProtobufDecoder().keepPayloads(body, isWanted)
        : jsonWith(body, 'payloads', isWanted)
    case 'events':
      return ndjsonWith(body, isWanted)
    case 'tracking':
      return door.type === 'batch' ? jsonWith(body, 'batch', isWanted) : body
    default:
      return door satisfies never
  }
}

function jsonWith(body: Buffer, list: string, isWanted: IsWanted): Buffer {
  const object = parseJsonObject(body)
  const events = listOf(object[list], list).filter((_, index) => isWanted(index))
  return Buffer.from(JSON.stringify({ ...object, [list]: events }))
}

function ndjsonWith(body: Buffer, isWanted: IsWanted): Buffer {
  const lines: Buffer[] = []
  let index = 0
  for (const line of eventLines(body)) if (isWanted(index++)) lines.push(line, LINE_FEED)
  return Buffer.concat(lines)
}

import { stat } from 'node:fs/promises'
import { asLocalIoError } from '../core/errors.ts'
import { parseRows } from './parse-rows.ts'
import { assertWhole, readSegment } from './read-segment.ts'
import type { EventColumn } from '../formats/event-row.ts'

/** How delivered files are written. */
export type EventFormat = 'csv' | 'jsonl'

/** What a reader of a segment's content learns on the way. */
export interface ContentCount {
  rows: number
}

/**
 * The events of a sealed segment in a format, frame by frame; `count` grows as they pass.
 * @throws FerryError DATA_INVALID (the segment is not whole)
 */
export async function* segmentContent(
  path: string,
  format: EventFormat,
  count: ContentCount,
): AsyncGenerator<Uint8Array> {
  const { size } = await stat(path).catch((error: unknown) => {
    throw asLocalIoError(error, path)
  })
  let end = 0
  for await (const frame of readSegment(path)) {
    end = frame.end
    count.rows += frame.count
    yield format === 'csv' ? frame.rows : jsonLines(frame.rows)
  }
  assertWhole(path, end, size)
}

function jsonLines(rows: Buffer): Uint8Array {
  const lines: string[] = []
  for (const row of parseRows(rows)) lines.push(JSON.stringify(asJson(row)))
  return Buffer.from(`${lines.join('\n')}\n`)
}

/** An event as a JSON object: numbers as numbers, parameters as the list that they are; a field that was not given is left out. */
export function asJson(row: Readonly<Record<EventColumn, string>>): Record<string, unknown> {
  const event: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(row)) {
    if (name === 'parameters') event[name] = JSON.parse(value === '' ? '[]' : value)
    else if (value === '') continue
    else event[name] = name === 'nr' || name === 'sequence' ? Number(value) : value
  }
  return event
}

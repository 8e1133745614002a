import { createHash } from 'node:crypto'
import type { QueueMessage } from '../queues/queue.ts'
import type { EventColumn } from '../formats/event-row.ts'
import { parseRows } from './parse-rows.ts'
import { readSegment } from './read-segment.ts'
import { eventToJson } from './event-json.ts'

/** A message of several events of a segment, a line of JSON each. */
export interface EventMessage extends QueueMessage {
  readonly lines: readonly EventLine[]
}

interface EventLine {
  readonly id: string
  readonly json: string
}

export interface EventMessageOptions {
  /** In the id of each event. */
  readonly collectorId: string
  /** Rows to pass over. */
  readonly skip: number
  readonly maxEvents: number
  /** An event that is larger has a message of its own. */
  readonly maxBytes: number
  readonly sizeOf: (body: string) => number
  /** A message holds events of one session only. */
  readonly isBySession: boolean
}

/**
 * The events of a segment as messages, in their order. What goes into which message depends on the
 * segment, `skip` and the options alone: who sends a message again sends the same under the same id.
 */
export async function* eventMessages(
  path: string,
  options: EventMessageOptions,
): AsyncGenerator<EventMessage> {
  const { collectorId, maxEvents, maxBytes, sizeOf, isBySession } = options
  let lines: EventLine[] = []
  let bytes = 0
  let group = ''
  for await (const row of rowsAfter(path, options.skip)) {
    const line = eventLine(row, collectorId)
    const size = sizeOf(line.json) + 1
    const isFull =
      lines.length >= maxEvents || bytes + size > maxBytes || (isBySession && group !== row.session)
    if (isFull && lines.length > 0) {
      yield eventMessage(lines, group)
      lines = []
      bytes = 0
    }
    group = row.session
    lines.push(line)
    bytes += size
  }
  if (lines.length > 0) yield eventMessage(lines, group)
}

async function* rowsAfter(
  path: string,
  skip: number,
): AsyncGenerator<Readonly<Record<EventColumn, string>>> {
  let at = 0
  for await (const { rows, count } of readSegment(path)) {
    if (at + count > skip) {
      for (const row of parseRows(rows)) if (at++ >= skip) yield row
    } else at += count
  }
}

/** The same events, a message each: of one that was refused, some may be taken. */
export function eachAlone({ lines, group }: EventMessage): EventMessage[] {
  return lines.map(line => eventMessage([line], group))
}

/** Two characters that JSON may hold and XML may not, in which queues speak. */
const NOT_IN_XML = /[\ufffe\uffff]/g

function eventLine(row: Readonly<Record<EventColumn, string>>, collectorId: string): EventLine {
  const id = `${collectorId}-${row.sequence}`
  const json = JSON.stringify({ id, ...eventToJson(row) })
  return {
    id,
    json: json.replace(NOT_IN_XML, one => `\\u${one.charCodeAt(0).toString(16)}`),
  }
}

function eventMessage(lines: readonly EventLine[], session: string): EventMessage {
  return {
    id: lines[0]?.id ?? '',
    group: /^[\w-]{1,128}$/.test(session)
      ? session
      : createHash('md5').update(session).digest('hex'),
    body: lines.map(({ json }) => json).join('\n'),
    lines,
  }
}

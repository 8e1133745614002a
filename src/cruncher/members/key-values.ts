import { TO_ATTRIBUTE } from '../fields/field-name.ts'
import type { LogRecord } from '../record.ts'
import { elementAt } from './list-element.ts'
import { type Members, OBJECT } from './members.ts'
import { attributeKind, putValue } from './put-value.ts'
import { destinationOfName } from './reading.ts'
import type { Reading, ReadingOptions } from './shape.ts'

/** What a list of keys and values is read with. */
export interface KeyValueReader {
  /** Two tables, for an object and one within it. */
  readonly pair: Members
  readonly value: Members
  readonly options: ReadingOptions
}

/**
 * Puts the values of `[{"key": "service.name", "value": {"stringValue": "shop"}}, …]` where their keys
 * say: the attributes of OpenTelemetry's JSON. Values of which nothing is known become attributes.
 */
export function putKeyValues(
  { pair, value, options }: KeyValueReader,
  reading: Reading,
  bytes: Buffer,
  list: { readonly from: number; readonly to: number },
  record: LogRecord,
): void {
  let at = list.from + 1
  while (at >= 0) {
    const element = elementAt(bytes, at, list.to)
    if (element === undefined) return
    at = element.next
    if (element.kind !== OBJECT || pair.scan(bytes, element.from, element.to) < 0) continue
    const key = memberOf(pair, bytes, 'key')
    const held = memberOf(pair, bytes, 'value')
    if (key < 0 || held < 0) continue
    const name = bytes.toString('utf8', pair.valueFrom[key], pair.valueTo[key])
    let from = pair.valueFrom[held] ?? 0
    let to = pair.valueTo[held] ?? 0
    let kind = pair.kind[held] ?? 0
    if (kind === OBJECT && value.scan(bytes, from, to) >= 0 && value.count === 1) {
      from = value.valueFrom[0] ?? 0
      to = value.valueTo[0] ?? 0
      kind = value.kind[0] ?? 0
    }
    const destination = destinationOfName(name, reading.format, options)
    const isField = destination.to < TO_ATTRIBUTE && options.isWanted(destination.to)
    const { scale } = destination
    const place = { bytes, from, to, kind }
    if (isField && putValue(record, reading.format, destination.to, scale, place)) continue
    record.addSlice(name, from, to, attributeKind(kind))
  }
}

/** The place of a member among those that were scanned, or -1. */
function memberOf(members: Members, bytes: Buffer, name: string): number {
  for (let at = 0; at < members.count; at++) {
    if (bytes.toString('latin1', members.nameFrom[at], members.nameTo[at]) === name) return at
  }
  return -1
}

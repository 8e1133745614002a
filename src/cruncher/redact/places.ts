import { ABSENT, type LogRecord, PLAIN, type ValueKind } from '../record.ts'

/** A text in bytes. */
export interface Text {
  readonly bytes: Buffer
  readonly from: number
  readonly to: number
}

/** Where a new text lies in the bytes that were made; plain, if it is not said otherwise. */
export interface Made {
  readonly from: number
  readonly to: number
  readonly kind?: ValueKind | undefined
}

/** What stands between the quotes of a JSON text, without its escapes. */
export function readText(bytes: Buffer, from: number, to: number): Text {
  let at = from
  while (at < to && bytes[at] !== 0x5c) at++
  if (at === to) return { bytes, from, to }
  const whole: unknown = JSON.parse(`"${bytes.toString('utf8', from, to)}"`)
  const text = Buffer.from(String(whole))
  return { bytes: text, from: 0, to: text.length }
}

export function setField(record: LogRecord, field: number, source: number, made: Made): void {
  record.kind[field] = made.from === made.to ? ABSENT : PLAIN
  record.source[field] = source
  record.from[field] = made.from
  record.to[field] = made.to
}

export function setAttribute(record: LogRecord, at: number, source: number, made: Made): void {
  record.valueKind[at] = made.kind ?? PLAIN
  record.valueSource[at] = source
  record.valueFrom[at] = made.from
  record.valueTo[at] = made.to
}

/** Takes an attribute out; the others keep their order. */
export function removeAttribute(record: LogRecord, at: number): void {
  const { attributes } = record
  for (const list of [
    record.nameKind,
    record.nameSource,
    record.nameFrom,
    record.nameTo,
    record.valueKind,
    record.valueSource,
    record.valueFrom,
    record.valueTo,
  ]) {
    list.copyWithin(at, at + 1, attributes)
  }
  record.attributes--
}

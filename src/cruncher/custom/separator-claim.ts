import type { LogFormat } from '../format.ts'
import type { FieldPlan, Place } from './field-plan.ts'

const QUOTE = 0x22

export interface Columns {
  readonly separator: string
  readonly count: number
  /** The last column takes the rest of the line, separators too. */
  readonly lastTakesRest: boolean
}

/** The claim of a format whose lines are columns; a value in double quotes may hold separators and `""`. */
export function claimByColumns(columns: Columns, plan: FieldPlan): LogFormat['claim'] {
  const separator = Buffer.from(columns.separator)
  const { count, lastTakesRest } = columns
  const starts = new Int32Array(count)
  const ends = new Int32Array(count)
  const place: Place = { from: 0, to: 0 }
  return (line, record) => {
    const { bytes, to } = line
    let at = line.from
    for (let column = 0; column < count; column++) {
      const isLast = column === count - 1
      const end = isLast && lastTakesRest ? to : endOfValue(bytes, at, to, separator)
      if (end < 0 || (end === to) !== isLast) return false
      starts[column] = at
      ends[column] = end
      at = end + separator.length
    }
    for (let column = 0; column < count; column++) {
      place.from = starts[column] ?? 0
      place.to = ends[column] ?? 0
      if (!isQuoted(bytes, place)) {
        if (!plan.put(record, column, bytes, place)) return false
        continue
      }
      place.from++
      place.to--
      const text = bytes.toString('utf8', place.from, place.to)
      if (!text.includes('"')) {
        if (!plan.put(record, column, bytes, place)) return false
        continue
      }
      const made = Buffer.from(text.replaceAll('""', '"'))
      const before = record.current
      record.current = record.addBuffer(made)
      const fits = plan.put(record, column, made, { from: 0, to: made.length })
      record.current = before
      if (!fits) return false
    }
    return true
  }
}

/** Where the value ends, at a separator or the end of the line; -1: its quote is not closed. */
function endOfValue(bytes: Buffer, from: number, to: number, separator: Buffer): number {
  let at = from
  if (bytes[at] === QUOTE && at < to) {
    for (at++; at < to; at++) {
      if (bytes[at] !== QUOTE) continue
      if (bytes[at + 1] !== QUOTE || at + 1 >= to) break
      at++
    }
    if (at >= to) return -1
    at++
    if (at !== to && !startsAt(bytes, at, to, separator)) return -1
    return at
  }
  while (at < to && !startsAt(bytes, at, to, separator)) at++
  return at
}

function startsAt(bytes: Buffer, at: number, to: number, separator: Buffer): boolean {
  if (bytes[at] !== separator[0]) return false
  if (at + separator.length > to) return false
  for (let k = 1; k < separator.length; k++) if (bytes[at + k] !== separator[k]) return false
  return true
}

const isQuoted = (bytes: Buffer, { from, to }: Place): boolean =>
  to - from >= 2 && bytes[from] === QUOTE && bytes[to - 1] === QUOTE

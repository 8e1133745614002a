/**
 * Dates and times from the server's text to the text of formats/column-type.ts, byte by byte: `2026-03-01
 * 12:34:56.500000` becomes `2026-03-01 12:34:56.5`, with `+00` behind where it has a zone.
 */
import { FerryError } from '../../core/errors.ts'
import type { ReadingChoices } from './config.ts'
import type { ByteRange, ValueReader } from './value-reader.ts'

const ZERO = 48
const POINT = 46
const MINUS = 45
const NO_VALUE = -1

/** What a column is called where it is refused. */
export interface ColumnPlace {
  readonly table: string
  readonly column: string
}

/** Dates and time stamps. */
export function momentReader(
  place: ColumnPlace,
  { zeroDates }: ReadingChoices,
  hasZone: boolean,
): ValueReader {
  return putReader((value, to, at) => {
    if (isZeroDate(value)) {
      if (zeroDates === 'null') return NO_VALUE
      throw refusal(place, textOf(value), 'is no date', 'zero-dates=null')
    }
    const after = putWithoutZeros(value, to, at)
    return hasZone ? after + to.write('+00', after, 'latin1') : after
  })
}

/** Times of the day: `24:00:00` is the last. */
export function timeReader(place: ColumnPlace): ValueReader {
  return putReader((value, to, at) => {
    if (!isTimeOfDay(value)) {
      throw refusal(place, textOf(value), 'is no time of the day', 'time=interval')
    }
    return putWithoutZeros(value, to, at)
  })
}

/** Lengths of time: `-838:59:59`. */
export const INTERVAL = putReader(putWithoutZeros)

function putReader(put: NonNullable<ValueReader['put']>): ValueReader {
  return {
    how: 'put',
    put,
    convert: (buffer, start, end) => {
      const room = Buffer.alloc(end - start + 8)
      const length = put({ buffer, start, end }, room, 0)
      return length === NO_VALUE ? null : room.toString('latin1', 0, length)
    },
  }
}

/** The year, the month or the day is zero: `0000-00-00`, `2026-02-00`. */
function isZeroDate({ buffer: from, start }: ByteRange): boolean {
  return (
    isTwoZeros(from, start + 5) ||
    isTwoZeros(from, start + 8) ||
    (isTwoZeros(from, start) && isTwoZeros(from, start + 2))
  )
}

const isTwoZeros = (from: Buffer, at: number): boolean => from[at] === ZERO && from[at + 1] === ZERO

function isTimeOfDay(value: ByteRange): boolean {
  const { buffer: from, start } = value
  if (from[start] === MINUS || from[start + 2] !== ':'.charCodeAt(0)) return false
  const hours = Number(from.toString('latin1', start, start + 2))
  return hours < 24 || /^24:00:00(\.0*)?$/.test(textOf(value))
}

const textOf = ({ buffer, start, end }: ByteRange): string => buffer.toString('latin1', start, end)

/** Zeros at the end of the decimals are left out, and with the last of them the point. */
function putWithoutZeros({ buffer: from, start, end }: ByteRange, to: Buffer, at: number): number {
  let last = end
  // `HH:MM:SS` has eight; only what is longer can have decimals.
  if (end - start > 8 && hasPoint(from, start, end)) {
    while (from[last - 1] === ZERO) last -= 1
    if (from[last - 1] === POINT) last -= 1
  }
  let next = at
  for (let index = start; index < last; index += 1) {
    to[next] = from[index] ?? 0
    next += 1
  }
  return next
}

/** At most seven bytes from the end. */
function hasPoint(from: Buffer, start: number, end: number): boolean {
  for (let at = end - 1; at >= start && at >= end - 7; at -= 1) if (from[at] === POINT) return true
  return false
}

function refusal({ table, column }: ColumnPlace, text: string, why: string, choice: string) {
  return new FerryError(
    'DATA_INVALID',
    `\`${table}\`: column \`${column}\` holds \`${text}\`, which ${why}`,
    {
      hint: `with \`${choice}\` in the source's URL it is taken ${choice === 'zero-dates=null' ? 'for NULL' : 'as an interval'}; or leave the column out`,
      details: { table, column },
    },
  )
}

import type { Field } from '../../../formats/csv.ts'
import { shorten } from '../../show/shorten.ts'

/** What a result's columns are to a chart. */
export type ColumnRole = 'time' | 'number' | 'text'

export interface LineChart {
  readonly kind: 'lines'
  /** Seconds since 1970, ascending. */
  readonly times: readonly number[]
  readonly series: readonly {
    readonly name: string
    readonly values: readonly (number | null)[]
  }[]
}

export interface BarChart {
  readonly kind: 'bars'
  readonly name: string
  readonly bars: readonly { readonly label: string; readonly value: number }[]
}

export type Chart = LineChart | BarChart

const TIME = /^(date|timestamp|datetime)/i
const NUMBER =
  /^(u?(tiny|small|big|huge)?int(eger)?\d?|decimal|numeric|float\d?|double|real|money)\b/i
/** More are no chart but a knot. */
const MAX_SERIES = 8
const MAX_BARS = 25
const LONGEST_NAME = 100

export function roleOf(type: string): ColumnRole {
  if (TIME.test(type)) return 'time'
  return NUMBER.test(type) ? 'number' : 'text'
}

interface Table {
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  readonly rows: readonly (readonly Field[])[]
}

/**
 * The chart that a result suggests: numbers over time, a line for each number, or, with a text beside
 * the time, a line for each of the texts that have most; without a time, bars of the first number that
 * measures something by the first text. Null when there is no number, or when a moment has many of them
 * and nothing tells these apart.
 */
export function chartOf({ columns, rows }: Table): Chart | null {
  const roles = columns.map(({ type }) => roleOf(type))
  const time = roles.indexOf('time')
  const text = roles.indexOf('text')
  const numbers = roles.flatMap((role, at) => (role === 'number' ? [at] : []))
  const [first] = numbers
  if (first === undefined || rows.length === 0) return null
  if (time < 0) {
    const measure = numbers.find(at => !isOrder(rows, at)) ?? numbers[1] ?? first
    return text < 0 ? null : bars(rows, text, measure, columns[measure]?.name ?? '')
  }
  if (text >= 0) return linesByText(rows, { time, text, value: first })
  return lines(
    rows,
    time,
    numbers.slice(0, MAX_SERIES).map(at => ({ at, name: columns[at]?.name ?? '' })),
  )
}

/** Numbers that grow from row to row say where a row stands, not how much of something there is. */
function isOrder(rows: Table['rows'], at: number): boolean {
  const values = rows.map(row => numberOf(row[at]) ?? Number.NaN)
  const grows = values.every((value, row) => row === 0 || value >= (values[row - 1] ?? 0))
  return grows && (values[0] ?? 0) < (values.at(-1) ?? 0)
}

function lines(
  rows: Table['rows'],
  time: number,
  columns: readonly { readonly at: number; readonly name: string }[],
): LineChart | null {
  const points = rows
    .map(row => ({ seconds: secondsOf(row[time]), row }))
    .filter(({ seconds }) => !Number.isNaN(seconds))
    .sort((a, b) => a.seconds - b.seconds)
  if (points.length < 2) return null
  if (points.some(({ seconds }, at) => seconds === points[at - 1]?.seconds)) return null
  return {
    kind: 'lines',
    times: points.map(({ seconds }) => seconds),
    series: columns.map(({ at, name }) => ({
      name,
      values: points.map(({ row }) => numberOf(row[at])),
    })),
  }
}

function linesByText(
  rows: Table['rows'],
  at: { readonly time: number; readonly text: number; readonly value: number },
): LineChart | null {
  const sums = new Map<string, number>()
  const byTime = new Map<number, Map<string, number>>()
  for (const row of rows) {
    const seconds = secondsOf(row[at.time])
    const value = numberOf(row[at.value])
    if (Number.isNaN(seconds) || value === null) continue
    const name = row[at.text] ?? '(none)'
    sums.set(name, (sums.get(name) ?? 0) + Math.abs(value))
    const values = byTime.get(seconds) ?? new Map<string, number>()
    byTime.set(seconds, values.set(name, (values.get(name) ?? 0) + value))
  }
  if (byTime.size < 2) return null
  const names = [...sums].sort(([, a], [, b]) => b - a).slice(0, MAX_SERIES)
  const times = [...byTime.keys()].sort((a, b) => a - b)
  return {
    kind: 'lines',
    times,
    series: names.map(([name]) => ({
      name: shorten(name, LONGEST_NAME),
      values: times.map(seconds => byTime.get(seconds)?.get(name) ?? null),
    })),
  }
}

function bars(rows: Table['rows'], text: number, value: number, name: string): BarChart {
  const all = rows.flatMap(row => {
    const number = numberOf(row[value])
    return number === null
      ? []
      : [{ label: shorten(row[text] ?? '(none)', LONGEST_NAME), value: number }]
  })
  return { kind: 'bars', name, bars: all.slice(0, MAX_BARS) }
}

/** Rows of numbers over time with the newest on top; others as they are. */
export function newestFirst({ columns, rows }: Table): Table['rows'] {
  const time = columns.findIndex(({ type }) => roleOf(type) === 'time')
  if (time < 0) return rows
  const isAscending = secondsOf(rows[0]?.[time]) < secondsOf(rows.at(-1)?.[time])
  return isAscending ? rows.toReversed() : rows
}

function secondsOf(field: Field | undefined): number {
  if (field === null || field === undefined) return Number.NaN
  const [day = '', clock] = field.split(' ')
  if (clock === undefined) return Date.parse(field) / 1_000
  const zoned = clock.replace(/([+-]\d{2})$/, '$1:00')
  const hasZone = /(Z|[+-]\d{2}:\d{2})$/.test(zoned)
  return Date.parse(`${day}T${zoned}${hasZone ? '' : 'Z'}`) / 1_000
}

function numberOf(field: Field | undefined): number | null {
  if (field === null || field === undefined || field === '') return null
  const number = Number(field)
  return Number.isFinite(number) ? number : null
}

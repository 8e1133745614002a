import type { CountSeries } from '../../formats/quality.ts'
import type { NightSteps } from '../../formats/results-digest.ts'
import {
  type Expectation,
  expectRows,
  type NightRows,
  type RowHistory,
  rowHistory,
} from './expected-rows.ts'

/** Days of the year (`12-25`) or days (`2026-04-06`) on which little is in order. */
export type Holidays = ReadonlySet<string>

const isHoliday = (holidays: Holidays, date: string): boolean =>
  holidays.has(date) || holidays.has(date.slice(5))

interface CountedSource {
  readonly step: string
  readonly name: string
  readonly nights: NightRows[]
}

/**
 * Makes of all counts of some nights (ascending, the last the one in question) a series for each step and
 * source, and judges as many of its last nights as `judgedNights` says. Nights without counts of a series are left out: what is missing
 * is for `missingCounts` to say.
 */
export function countSeries(
  nights: readonly NightSteps[],
  holidays: Holidays,
  judgedNights: number,
): CountSeries[] {
  const bySteps = new Map<string, Map<string, CountedSource>>()
  for (const { date, steps } of nights) {
    for (const { step, rows: counted } of steps) {
      const byNames = bySteps.get(step) ?? new Map<string, CountedSource>()
      bySteps.set(step, byNames)
      for (const [name, rows] of counted) {
        const source = byNames.get(name)
        if (source === undefined) byNames.set(name, { step, name, nights: [{ date, rows }] })
        else source.nights.push({ date, rows })
      }
    }
  }
  const last = nights.at(-1)?.date ?? ''
  const first = nights.at(-judgedNights)?.date ?? nights[0]?.date ?? ''
  return [...bySteps.values()]
    .flatMap(byNames => [...byNames.values()])
    .map(source => judged(source, { first, last }, holidays))
    .sort((a, b) => (a.step + a.name < b.step + b.name ? -1 : 1))
}

function judged(
  { step, name, nights }: CountedSource,
  { first, last }: { readonly first: string; readonly last: string },
  holidays: Holidays,
): CountSeries {
  const history = rowHistory(nights.filter(({ date }) => !isHoliday(holidays, date)))
  let expected: Expectation | undefined
  const told = nights.map((night, at) => {
    if (night.date < first) return night
    const found = expectationOf(night, history, nights[at - 1]?.date, holidays)
    if (night.date === last) expected = found
    const isUnusual = found !== undefined && (night.rows < found.low || night.rows > found.high)
    return isUnusual ? { ...night, isUnusual } : night
  })
  return { step, name, nights: told, ...(expected === undefined ? {} : { expected }) }
}

function expectationOf(
  { date }: NightRows,
  history: RowHistory,
  before: string | undefined,
  holidays: Holidays,
): Expectation | undefined {
  const found = expectRows(history, date, isHoliday(holidays, date))
  if (found === undefined) return undefined
  // After nights that did not run, one brings what they did not.
  return { ...found, high: found.high * Math.max(1, daysBetween(before ?? date, date)) }
}

const daysBetween = (from: string, to: string): number =>
  Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000)

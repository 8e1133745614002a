import type { Counts } from '../../formats/counts.ts'
import type { CountSeries } from '../../formats/quality.ts'
import { expectRows, type NightRows } from './expected-rows.ts'

/** Days of the year (`12-25`) or days (`2026-04-06`) on which little is in order. */
export type Holidays = ReadonlySet<string>

const isHoliday = (holidays: Holidays, date: string): boolean =>
  holidays.has(date) || holidays.has(date.slice(5))

interface Night {
  readonly date: string
  readonly counts: readonly Counts[]
}

interface CountedSource {
  readonly step: string
  readonly name: string
  readonly nights: NightRows[]
}

/**
 * Makes of all counts of some nights (ascending, the last the one in question) a series for each step and
 * source, and judges its last night. Rows are what came in; of a step with many sources, those of each.
 * Nights without counts of a series are left out: what is missing is for `missingCounts` to say.
 */
export function countSeries(nights: readonly Night[], holidays: Holidays): CountSeries[] {
  const all = new Map<string, CountedSource>()
  for (const { date, counts } of nights) {
    for (const one of counts) {
      for (const [name, rows] of rowsOf(one)) {
        const key = `${one.step} ${name}`
        const source = all.get(key) ?? { step: one.step, name, nights: [] }
        source.nights.push({ date, rows })
        all.set(key, source)
      }
    }
  }
  const last = nights.at(-1)?.date ?? ''
  return [...all.values()]
    .map(source => judged(source, last, holidays))
    .sort((a, b) => (a.step + a.name < b.step + b.name ? -1 : 1))
}

/** Of a comparison nothing is counted that has a rhythm. */
function* rowsOf(one: Counts): Generator<readonly [string, number]> {
  if (one.step === 'compare') return
  if (one.sources === undefined) {
    yield [one.name, one.rows.in]
    return
  }
  for (const [name, days] of Object.entries(one.sources)) {
    yield [name, Object.values(days).reduce((sum, rows) => sum + rows, 0)]
  }
}

function judged(source: CountedSource, date: string, holidays: Holidays): CountSeries {
  const { nights } = source
  const tonight = nights.find(night => night.date === date)
  if (tonight === undefined) return { ...source, isUnusual: false }
  const before = nights.filter(night => night.date < date && !isHoliday(holidays, night.date))
  const found = expectRows(before, date, isHoliday(holidays, date))
  if (found === undefined) return { ...source, isUnusual: false }
  // After nights that did not run, one brings what they did not.
  const gap = daysBetween(nights.findLast(night => night.date < date)?.date ?? date, date)
  const expected = { ...found, high: found.high * Math.max(1, gap) }
  const isUnusual = tonight.rows < expected.low || tonight.rows > expected.high
  return { ...source, expected, isUnusual }
}

const daysBetween = (from: string, to: string): number =>
  Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000)

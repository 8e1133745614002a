import { daysInMonth, daysSinceEpoch } from './calendar.ts'

/** What a file's name says about when its lines were written. */
export interface NameDate {
  /** The middle of the day, month or year, in microseconds since 1970. */
  readonly middleUs: number
  readonly precision: 'day' | 'month' | 'year'
}

const DAY_US = 86_400e6
const YEAR = '((?:19|20)\\d{2})'
const MONTH = '(0[1-9]|1[0-2])'
const DAY = '(0[1-9]|[12]\\d|3[01])'
const ALONE = '(?<!\\d)'
const END = '(?!\\d)'

const NAMES = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ')

/** From the most telling to the least; the last that is found in a path counts: folders come before names. */
const SHAPES = [
  // 2024-11-03, 2024_11_03, 2024.11.03, 2024/11/03, date=2024-11-03, and with an hour behind
  [new RegExp(`${ALONE}${YEAR}([-_./])${MONTH}\\2${DAY}${END}`, 'g'), 1, 3, 4],
  // 20241103, 20241103-14, 20241103T140000
  [new RegExp(`${ALONE}${YEAR}${MONTH}${DAY}(?=(?:\\d{2,6})?${END})`, 'g'), 1, 2, 3],
  // year=2024/month=11/day=03, as Hive names folders
  [new RegExp(`year=${YEAR}/month=${MONTH}/day=${DAY}${END}`, 'g'), 1, 2, 3],
  // 03-Nov-2024
  [new RegExp(`${ALONE}${DAY}[-_.]?(${NAMES.join('|')})[-_.]?${YEAR}${END}`, 'gi'), 3, 2, 1],
] as const

const MONTHS = new RegExp(`${ALONE}${YEAR}[-_./]?${MONTH}${END}`, 'g')
const YEARS = new RegExp(`${ALONE}${YEAR}${END}`, 'g')

/** The date in a path, or what there is of one; undefined if there is none. */
export function dateInName(path: string): NameDate | undefined {
  for (const [shape, year, month, day] of SHAPES) {
    const dates = [...path.matchAll(shape)].flatMap(match => {
      const monthText = match[month] ?? ''
      const named = NAMES.indexOf(monthText.toLowerCase()) + 1
      return dayOf(Number(match[year]), named || Number(monthText), Number(match[day]))
    })
    const last = dates.at(-1)
    if (last !== undefined) return { middleUs: (last + 0.5) * DAY_US, precision: 'day' }
  }
  const month = [...path.matchAll(MONTHS)].at(-1)
  if (month !== undefined) {
    const day = daysSinceEpoch(Number(month[1]), Number(month[2]), 15)
    return { middleUs: day * DAY_US, precision: 'month' }
  }
  const year = [...path.matchAll(YEARS)].at(-1)
  if (year === undefined) return undefined
  return { middleUs: daysSinceEpoch(Number(year[1]), 7, 2) * DAY_US, precision: 'year' }
}

function dayOf(year: number, month: number, day: number): number[] {
  return day <= daysInMonth(year, month) ? [daysSinceEpoch(year, month, day)] : []
}

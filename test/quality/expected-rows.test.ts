import { expect, test } from 'vitest'
import { countSeries } from '../../src/quality/unusual/count-series.ts'
import { expectRows, type NightRows, rowHistory } from '../../src/quality/unusual/expected-rows.ts'

const DAY = 86_400_000
const START = Date.parse('2026-01-05')
const dateAt = (index: number): string => new Date(START + index * DAY).toISOString().slice(0, 10)

/** Numbers from 0 to 1, the same in each run. */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

interface Shape {
  readonly base: number
  readonly growthAWeek: number
  readonly weekend: number
  readonly noise: number
  readonly seed: number
}

/** Nights of a source with a weekly rhythm, growth and noise (normal, by logarithm). */
function nights({ base, growthAWeek, weekend, noise, seed }: Shape, count: number): NightRows[] {
  const next = random(seed)
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(next() + 1e-12)) * Math.cos(2 * Math.PI * next())
  return Array.from({ length: count }, (_, index) => {
    const isWeekend = index % 7 >= 5
    const rows = base * growthAWeek ** (index / 7) * (isWeekend ? weekend : 1)
    return { date: dateAt(index), rows: Math.round(rows * Math.exp(noise * normal())) }
  })
}

const SHAPES: readonly (readonly [string, Omit<Shape, 'seed'>])[] = [
  ['steady', { base: 250_000, growthAWeek: 1, weekend: 1, noise: 0.03 }],
  ['quiet at weekends', { base: 40_000, growthAWeek: 1, weekend: 0.2, noise: 0.08 }],
  ['growing', { base: 5_000, growthAWeek: 1.1, weekend: 0.7, noise: 0.05 }],
  ['small', { base: 30, growthAWeek: 1, weekend: 0.5, noise: 0.1 }],
  ['a table that only grows', { base: 1_000_000, growthAWeek: 1.01, weekend: 1, noise: 0 }],
]

test.each(SHAPES)('%s: hardly any night in order is called out of it', (_, shape) => {
  let judged = 0
  let alarms = 0
  for (let seed = 1; seed <= 12; seed++) {
    const series = nights({ ...shape, seed }, 120)
    for (let at = 7; at < series.length; at++) {
      const night = series[at]
      const found = expectRows(rowHistory(series.slice(0, at)), night?.date ?? '')
      if (found === undefined) continue
      judged++
      if ((night?.rows ?? 0) < found.low || (night?.rows ?? 0) > found.high) alarms++
    }
  }
  expect(judged).toBe(12 * 113)
  expect(alarms / judged).toBeLessThan(0.003)
})

test.each(SHAPES.filter(([name]) => name !== 'small'))(
  '%s: half of the rows, none and three times as many are noticed',
  (_, shape) => {
    let noticed = 0
    for (let seed = 1; seed <= 40; seed++) {
      const series = nights({ ...shape, seed }, 60)
      const last = series.at(-1)
      const found = expectRows(rowHistory(series.slice(0, -1)), last?.date ?? '')
      const rows = last?.rows ?? 0
      if (found === undefined) continue
      if (rows / 2 < found.low && found.low > 0 && rows * 3 > found.high) noticed++
    }
    expect(noticed).toBeGreaterThanOrEqual(38)
  },
)

test('a level that has moved is the ordinary one after half a week', () => {
  const before = nights({ base: 1_000, growthAWeek: 1, weekend: 1, noise: 0.02, seed: 3 }, 60)
  const moved = before.map((night, at) => (at < 50 ? night : { ...night, rows: night.rows * 3 }))
  const calls = moved.map((night, at) => {
    const found = expectRows(rowHistory(moved.slice(0, at)), night.date)
    return found !== undefined && night.rows > found.high
  })
  expect(calls.slice(50, 53)).toEqual([true, true, true])
  expect(calls.slice(54)).not.toContain(true)
})

test('one night that went wrong does not make the next one look wrong', () => {
  const series = nights({ base: 9_000, growthAWeek: 1, weekend: 0.4, noise: 0.04, seed: 5 }, 60)
  const spoilt = series.map((night, at) => (at === 58 ? { ...night, rows: 0 } : night))
  const last = spoilt.at(-1)
  const found = expectRows(rowHistory(spoilt.slice(0, -1)), last?.date ?? '')
  expect(found?.low).toBeLessThan(last?.rows ?? 0)
  expect(found?.high).toBeGreaterThan(last?.rows ?? 0)
})

test('on a holiday little is in order, nothing is not', () => {
  const series = nights({ base: 9_000, growthAWeek: 1, weekend: 0.4, noise: 0.04, seed: 6 }, 58)
  const date = dateAt(58) // a Wednesday
  const ordinary = expectRows(rowHistory(series), date)
  const holiday = expectRows(rowHistory(series), date, true)
  expect(ordinary?.low).toBeGreaterThan(4_000)
  expect(holiday?.low).toBeLessThan(2_500)
  expect(holiday?.low).toBeGreaterThan(100)
})

test('of a few nights nothing is said', () => {
  const series = nights({ base: 100, growthAWeek: 1, weekend: 1, noise: 0, seed: 1 }, 6)
  expect(expectRows(rowHistory(series), dateAt(6))).toBeUndefined()
})

/** Every 17th day is a holiday: half of them free days with a third of the rows, half like any other. */
test.each(SHAPES)(
  '%s: hardly any holiday in order is called out of it, nor the nights after',
  (_, shape) => {
    let judged = 0
    let alarms = 0
    for (let seed = 1; seed <= 12; seed++) {
      const isHoliday = (at: number): boolean => at % 17 === 16
      const series = nights({ ...shape, seed }, 120).map((night, at) =>
        at % 34 === 16 ? { ...night, rows: Math.round(night.rows / 3) } : night,
      )
      const holidays = new Set(series.filter((_night, at) => isHoliday(at)).map(({ date }) => date))
      for (let at = 28; at < series.length; at++) {
        const digests = series.slice(0, at + 1).map(({ date, rows }) => ({
          date,
          steps: [{ step: 'mirror', name: 'all', rows: [['all', rows]] as const }],
        }))
        const [found] = countSeries(digests, holidays, 1)
        judged++
        if (found?.nights.at(-1)?.isUnusual === true) alarms++
      }
    }
    expect(judged).toBe(12 * 92)
    expect(alarms / judged).toBeLessThan(0.003)
  },
)

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { INFERRED_DATE, INFERRED_YEAR, LogRecord } from '../../../src/cruncher/record.ts'
import { parseTime } from '../../../src/cruncher/time/parse-time.ts'

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')
const WEEKDAYS = 'Sun Mon Tue Wed Thu Fri Sat'.split(' ')
const two = (value: number) => String(value).padStart(2, '0')

interface Parts {
  readonly year: string
  readonly month: string
  readonly name: string
  readonly day: string
  readonly weekday: string
  /** `16:08:02` */
  readonly clock: string
  readonly fraction: string
  readonly zone: string
}

/** `f`: a fraction is written, `z`: a zone; `y`: the year is not, `d`: nor is the date. */
type Shape = readonly [name: string, write: (parts: Parts) => string, traits: string]

const SHAPES: readonly Shape[] = [
  ['ISO', p => `${p.year}-${p.month}-${p.day}T${p.clock}.${p.fraction}${p.zone}`, 'fz'],
  ['ISO, comma', p => `${p.year}-${p.month}-${p.day} ${p.clock},${p.fraction} ${p.zone}`, 'fz'],
  ['ISO, no zone', p => `${p.year}-${p.month}-${p.day} ${p.clock}`, ''],
  ['basic', p => `${p.year}${p.month}${p.day}T${p.clock.replaceAll(':', '')}${p.zone}`, 'z'],
  ['slashes', p => `${p.year}/${p.month}/${p.day} ${p.clock}.${p.fraction}`, 'f'],
  ['points', p => `${p.year}.${p.month}.${p.day} ${p.clock}.${p.fraction}`, 'f'],
  ['CLF', p => `${p.day}/${p.name}/${p.year}:${p.clock} ${p.zone}`, 'z'],
  ['HAProxy', p => `${p.day}/${p.name}/${p.year}:${p.clock}.${p.fraction}`, 'f'],
  ['BIND', p => `${p.day}-${p.name}-${p.year} ${p.clock}.${p.fraction}`, 'f'],
  ['Redis', p => `${p.day} ${p.name} ${p.year} ${p.clock}.${p.fraction}`, 'f'],
  ['RFC 2822', p => `${p.weekday}, ${p.day} ${p.name} ${p.year} ${p.clock} ${p.zone}`, 'z'],
  ['Apache', p => `${p.weekday} ${p.name} ${p.day} ${p.clock}.${p.fraction} ${p.year}`, 'f'],
  ['ctime', p => `${p.weekday} ${p.name} ${p.day.replace(/^0/, ' ')} ${p.clock} ${p.year}`, ''],
  ['US', p => `${p.month}/${p.day}/${p.year} ${p.clock}.${p.fraction}`, 'f'],
  ['US, short', p => `${p.month}/${p.day}/${p.year.slice(2)} ${p.clock}`, ''],
  ['MySQL', p => `${p.year.slice(2)}${p.month}${p.day} ${p.clock.replace(/^0/, ' ')}`, ''],
  ['syslog', p => `${p.name} ${p.day.replace(/^0/, ' ')} ${p.clock}`, 'y'],
  ['Cisco', p => `${p.name} ${p.day} ${p.year} ${p.clock}.${p.fraction} ${p.zone}`, 'fz'],
  ['klog', p => `${p.month}${p.day} ${p.clock}.${p.fraction}`, 'yf'],
  ['clock', p => `${p.clock}.${p.fraction}`, 'df'],
]

const times = fc.record({
  ms: fc.integer({ min: Date.UTC(1971, 0, 1), max: Date.UTC(2068, 11, 31) }),
  micros: fc.integer({ min: 0, max: 999_999 }),
  digits: fc.integer({ min: 6, max: 9 }),
  zone: fc.integer({ min: -12 * 4, max: 14 * 4 }).map(quarters => quarters * 15),
})

function parse(text: string): LogRecord {
  const record = new LogRecord()
  const bytes = Buffer.from(text)
  expect(parseTime(bytes, 0, bytes.length, record), text).toBe(true)
  return record
}

function sign(minutes: number): string {
  const size = Math.abs(minutes)
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}${two(size % 60)}`
}

test.each(SHAPES)('%s: every time is read as Date writes it', (_, write, traits) => {
  fc.assert(
    fc.property(times, ({ ms, micros, digits, zone }) => {
      const date = new Date(Math.floor(ms / 1_000) * 1_000)
      const [year = '', month = '', day = ''] = date.toISOString().slice(0, 10).split('-')
      const text = write({
        year,
        month,
        day,
        zone: sign(zone),
        clock: date.toISOString().slice(11, 19),
        name: MONTHS[date.getUTCMonth()] ?? '',
        weekday: WEEKDAYS[date.getUTCDay()] ?? '',
        fraction: String(micros).padStart(6, '0').padEnd(digits, '7'),
      })
      const record = parse(text)
      let expected = date.getTime() * 1_000 + (traits.includes('f') ? micros : 0)
      if (traits.includes('y')) {
        expected += (Date.UTC(1972, date.getUTCMonth(), date.getUTCDate()) - floorDay(date)) * 1e3
        expect(record.inferred & INFERRED_YEAR).toBe(INFERRED_YEAR)
      }
      if (traits.includes('d')) {
        expected -= floorDay(date) * 1_000
        expect(record.inferred & INFERRED_DATE).toBe(INFERRED_DATE)
      }
      if (traits.includes('z')) expected -= zone * 60e6
      expect(record.timeUs, text).toBe(expected)
      expect(record.offsetMinutes).toBe(traits.includes('z') ? zone : Number.NaN)
    }),
  )
})

function floorDay(date: Date): number {
  return Math.floor(date.getTime() / 86_400_000) * 86_400_000
}

test('counts since 1970 are read in all four units', () => {
  fc.assert(
    fc.property(times, ({ ms, micros }) => {
      const seconds = Math.floor(ms / 1_000) + 6e8
      const six = String(micros).padStart(6, '0')
      const whole = seconds * 1e6 + micros
      expect(parse(`${seconds}`).timeUs).toBe(seconds * 1e6)
      expect(parse(`${seconds}.${six}`).timeUs).toBe(whole)
      expect(parse(`${seconds}${six.slice(0, 3)}`).timeUs).toBe(whole - (micros % 1_000))
      expect(parse(`${seconds}${six}`).timeUs).toBe(whole)
      expect(parse(`${seconds}${six}789`).timeUs).toBe(whole)
    }),
  )
})

test('no bytes make it throw or give a time that is no number', () => {
  const pieces = fc.constantFrom(...'0123456789-/:.,+ TZ'.split(''), 'Jan', 'Mon', 'GMT', 'PM')
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 30 }), parts => {
      const record = new LogRecord()
      const bytes = Buffer.from(parts.join(''))
      const isTime = parseTime(bytes, 0, bytes.length, record)
      expect(Number.isSafeInteger(record.timeUs)).toBe(isTime)
    }),
    { numRuns: 2_000 },
  )
})

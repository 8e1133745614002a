import { describe, expect, test } from 'vitest'
import { INFERRED_YEAR, INFERRED_ZONE, LogRecord } from '../../../src/cruncher/record.ts'
import { parseTime } from '../../../src/cruncher/time/parse-time.ts'
import {
  TimeInference,
  type TimeInferenceOptions,
} from '../../../src/cruncher/time/time-inference.ts'

interface Case extends Partial<TimeInferenceOptions> {
  readonly modified?: string
}

/** The times of a file, in UTC; undefined where one could not be found. */
function complete(
  lines: readonly string[],
  { modified, ...options }: Case,
): (string | undefined)[] {
  const modifiedMs = modified === undefined ? Number.NaN : Date.parse(modified)
  const inference = new TimeInference({ fileName: 'app.log', modifiedMs, ...options })
  return lines.map(line => {
    const record = new LogRecord()
    const bytes = Buffer.from(line)
    expect(parseTime(bytes, 0, bytes.length, record), line).toBe(true)
    inference.complete(record)
    if (Number.isNaN(record.timeUs)) return undefined
    return new Date(record.timeUs / 1_000).toISOString().replace('.000', '')
  })
}

describe('the year', () => {
  test.each<[string, string[], Case, (string | undefined)[]]>([
    [
      'is the last in which a line is not later than its file',
      ['Nov 30 10:00:00', 'Dec  1 10:00:00'],
      { modified: '2025-06-01T00:00:00Z' },
      ['2024-11-30T10:00:00Z', '2024-12-01T10:00:00Z'],
    ],
    [
      'rolls over in a file of December and January',
      ['Dec 31 23:59:59', 'Jan  1 00:00:00', 'Dec 31 23:59:58', 'Jan  1 00:00:01'],
      { modified: '2026-01-01T00:00:05Z' },
      [
        '2025-12-31T23:59:59Z',
        '2026-01-01T00:00:00Z',
        '2025-12-31T23:59:58Z',
        '2026-01-01T00:00:01Z',
      ],
    ],
    [
      'allows for zones: a line may be hours later than its file',
      ['Jan  1 01:00:00'],
      { modified: '2025-12-31T23:00:00Z' },
      ['2026-01-01T01:00:00Z'],
    ],
    [
      'is the one nearest to the date in the name, whenever the file was written',
      ['Dec 28 10:00:00', 'Jan  2 10:00:00'],
      { fileName: 'syslog-20230102.gz', modified: '2026-05-01T00:00:00Z' },
      ['2022-12-28T10:00:00Z', '2023-01-02T10:00:00Z'],
    ],
    [
      'follows the lines, far from the date in the name, and over several years',
      ['Feb  1', 'May 20', 'Aug 10', 'Nov 30', 'Feb 20', 'May 30', 'Sep  1', 'Dec  1', 'Jan 20']
        .flatMap(day => [`${day} 10:00:00`, `${day} 10:00:01`])
        .slice(0, -1),
      { fileName: 'since-2022-02-01.log' },
      ['2022-02-01', '2022-05-20', '2022-08-10', '2022-11-30', '2023-02-20', '2023-05-30']
        .concat('2023-09-01', '2023-12-01', '2024-01-20')
        .flatMap(day => [`${day}T10:00:00Z`, `${day}T10:00:01Z`])
        .slice(0, -1),
    ],
    [
      'is not moved by one line whose clock was wrong',
      ['Nov 20 10:00:00', 'Jan  1 00:00:05', 'Nov 20 10:00:01', 'Dec  1 10:00:00'],
      { fileName: 'kernel-2024-11-20', modified: '2024-12-01T10:00:00Z' },
      [
        '2024-11-20T10:00:00Z',
        '2024-01-01T00:00:05Z',
        '2024-11-20T10:00:01Z',
        '2024-12-01T10:00:00Z',
      ],
    ],
    [
      'is that of a line before which has one',
      ['2019-12-31T10:00:00Z', 'Dec 31 10:00:01', 'Jan  1 10:00:01'],
      { modified: '2026-05-01T00:00:00Z' },
      ['2019-12-31T10:00:00Z', '2019-12-31T10:00:01Z', '2020-01-01T10:00:01Z'],
    ],
    [
      'has a 29 February',
      ['Feb 29 10:00:00', 'Mar  1 10:00:00'],
      { modified: '2026-05-01T00:00:00Z' },
      ['2024-02-29T10:00:00Z', '2026-03-01T10:00:00Z'],
    ],
    [
      'stays unknown where nothing tells it',
      ['Feb 28 10:00:00', '2020-02-28 11:00:00', 'Feb 28 12:00:00'],
      {},
      [undefined, '2020-02-28T11:00:00Z', '2020-02-28T12:00:00Z'],
    ],
    [
      'of the name counts though the file was unpacked without its time',
      ['Nov  3 10:00:00'],
      { fileName: 'app-2024-11-03.log', modified: '1980-01-01T00:00:00Z' },
      ['2024-11-03T10:00:00Z'],
    ],
  ])('%s', (_, lines, options, expected) => {
    expect(complete(lines, options)).toEqual(expected)
  })
})

describe('the date', () => {
  test.each<[string, string[], Case, (string | undefined)[]]>([
    [
      'is that of the name',
      ['23:59:59', '00:00:01'],
      { fileName: 'app.2024-11-03.log' },
      ['2024-11-03T23:59:59Z', '2024-11-04T00:00:01Z'],
    ],
    [
      'is that of the line before, over midnight and back',
      ['2024-11-03 23:59:58', '00:00:01', '23:59:59', '00:00:02'],
      {},
      [
        '2024-11-03T23:59:58Z',
        '2024-11-04T00:00:01Z',
        '2024-11-03T23:59:59Z',
        '2024-11-04T00:00:02Z',
      ],
    ],
    [
      'is the last before the file was written',
      ['23:00:00', '01:00:00'],
      { modified: '2024-11-04T02:00:00Z' },
      ['2024-11-03T23:00:00Z', '2024-11-04T01:00:00Z'],
    ],
    [
      'is the local one',
      ['01:00:00'],
      { modified: '2024-11-04T23:30:00Z', zone: 'Europe/Budapest' },
      ['2024-11-04T00:00:00Z'],
    ],
    ['stays unknown where nothing tells it', ['10:00:00'], {}, [undefined]],
  ])('%s', (_, lines, options, expected) => {
    expect(complete(lines, options)).toEqual(expected)
  })
})

describe('the zone', () => {
  test.each<[string, string[], string, string[]]>([
    ['is UTC', ['2024-07-01 10:00:00'], 'UTC', ['2024-07-01T10:00:00Z']],
    ['may be an offset', ['2024-07-01 10:00:00'], '-03:30', ['2024-07-01T13:30:00Z']],
    [
      'has summer and winter',
      ['2024-07-01 10:00:00', '2024-01-01 10:00:00'],
      'Europe/Budapest',
      ['2024-07-01T08:00:00Z', '2024-01-01T09:00:00Z'],
    ],
    [
      'jumps over the hour that there was not',
      ['2024-03-31 01:59:59', '2024-03-31 02:30:00', '2024-03-31 03:00:00'],
      'Europe/Budapest',
      ['2024-03-31T00:59:59Z', '2024-03-31T01:30:00Z', '2024-03-31T01:00:00Z'],
    ],
    [
      'has an hour twice, told apart by the lines before',
      ['01:50:00', '02:10:00', '02:50:00', '02:05:00', '02:04:30', '02:45:00', '03:00:00'].map(
        clock => `2024-10-27 ${clock}`,
      ),
      'Europe/Budapest',
      ['23:50:00', '00:10:00', '00:50:00', '01:05:00', '01:04:30', '01:45:00', '02:00:00'].map(
        (clock, at) => `2024-10-${at === 0 ? 26 : 27}T${clock}Z`,
      ),
    ],
    [
      'may move by half an hour',
      ['2024-04-07 01:15:00', '2024-04-07 01:45:00', '2024-04-07 01:31:00', '2024-04-07 02:00:00'],
      'Australia/Lord_Howe',
      ['14:15:00Z', '14:45:00Z', '15:01:00Z', '15:30:00Z'].map(clock => `2024-04-06T${clock}`),
    ],
    [
      'that was written counts',
      ['2024-07-01 10:00:00 +0900', '2024-07-01 10:00:00 CET'],
      'America/New_York',
      ['2024-07-01T01:00:00Z', '2024-07-01T09:00:00Z'],
    ],
    [
      'of a name that means two is the configured one',
      ['2024-07-01 10:00:00 CST'],
      'Asia/Shanghai',
      ['2024-07-01T02:00:00Z'],
    ],
  ])('%s', (_, lines, zone, expected) => {
    expect(complete(lines, { zone })).toEqual(expected)
  })

  test('that does not exist is an error of the configuration', () => {
    expect(() => complete([], { zone: 'Europe/Atlantis' })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }),
    )
  })
})

test('what was inferred stays marked', () => {
  const record = new LogRecord()
  const bytes = Buffer.from('Feb  9 21:19:40')
  parseTime(bytes, 0, bytes.length, record)
  new TimeInference({ fileName: 'a-2024.log', modifiedMs: Number.NaN }).complete(record)
  expect(new Date(record.timeUs / 1_000).toISOString()).toBe('2024-02-09T21:19:40.000Z')
  expect(record.inferred).toBe(INFERRED_YEAR | INFERRED_ZONE)
  expect(record.offsetMinutes).toBeNaN()
})

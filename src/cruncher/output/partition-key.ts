import { ABSENT, ESCAPED, LEVELS, type LogRecord, STATUS, TEXT_FIELDS } from '../record.ts'
import { ByteSink } from './byte-sink.ts'
import { hasBackslash, putUnescaped } from './json-escape.ts'
import type { NumberFields } from './number-fields.ts'
import type { RecordSources } from './record-sources.ts'

const DAY_US = 86_400_000_000
const HOUR_US = 3_600_000_000

/** What files can be told apart by. `date` and `hour` are those of the time, in UTC. */
export const PARTITION_FIELDS = [
  'date',
  'hour',
  'level',
  ...TEXT_FIELDS,
  'route',
  'status',
  'format',
] as const
export type PartitionField = (typeof PARTITION_FIELDS)[number]

/** What a field of a record is, in bytes that differ where the value differs; and as text. */
export interface PartitionPart {
  readonly field: PartitionField
  /** Puts the value behind what is there. */
  put(key: ByteSink, record: LogRecord): void
  /** Undefined when it is absent. */
  text(record: LogRecord): string | undefined
}

export interface PartSources {
  readonly sources: RecordSources
  readonly numbers: NumberFields
  readonly routeName: (id: number) => string
}

export function partitionPart(field: PartitionField, from: PartSources): PartitionPart {
  switch (field) {
    case 'date':
      return timePart(field, DAY_US, 10, from)
    case 'hour':
      return timePart(field, HOUR_US, 13, from)
    case 'level':
      return {
        field,
        put: (key, record) => putNumberKey(key, record.level),
        text: ({ level }) => (level === 0 ? undefined : LEVELS[level]),
      }
    case 'route':
      return {
        field,
        put: (key, record) => putNumberKey(key, record.route),
        text: ({ route }) => (route < 0 ? undefined : from.routeName(route)),
      }
    case 'status':
      return {
        field,
        put: (key, record) => putNumberKey(key, record.numbers[STATUS] ?? Number.NaN),
        text: () => (Number.isNaN(from.numbers.status) ? undefined : `${from.numbers.status}`),
      }
    case 'format':
      return formatPart()
    default:
      return textPart(field, from.sources)
  }
}

function timePart(
  field: 'date' | 'hour',
  unitUs: number,
  length: number,
  { numbers }: PartSources,
): PartitionPart {
  return {
    field,
    put: key => putNumberKey(key, Math.floor(numbers.timeUs / unitUs)),
    text() {
      if (Number.isNaN(numbers.timeUs)) return undefined
      return new Date(Math.floor(numbers.timeUs / 1_000)).toISOString().slice(0, length)
    },
  }
}

function formatPart(): PartitionPart {
  const numbers = new Map<string, number>()
  return {
    field: 'format',
    put(key, { format }) {
      let number = numbers.get(format)
      if (number === undefined) {
        number = numbers.size
        numbers.set(format, number)
      }
      putNumberKey(key, number)
    },
    text: ({ format }) => (format === '' ? undefined : format),
  }
}

function textPart(
  field: Exclude<PartitionField, 'date' | 'hour' | 'level' | 'route' | 'status' | 'format'>,
  sources: RecordSources,
): PartitionPart {
  const at = TEXT_FIELDS.indexOf(field)
  return {
    field,
    put(key, record) {
      const began = key.length
      key.reserve(8)
      key.length += 8
      if (record.kind[at] !== ABSENT) {
        const source = sources.at(record.source[at])
        const from = record.from[at] ?? 0
        const to = record.to[at] ?? 0
        key.reserve(to - from)
        if (record.kind[at] === ESCAPED && hasBackslash(source, from, to)) {
          putUnescaped(key, source, from, to)
        } else {
          for (let i = from; i < to; i++) key.putByte(source.bytes[i] ?? 0)
        }
      }
      // Its length tells where the next field begins.
      key.view.setFloat64(began, record.kind[at] === ABSENT ? -1 : key.length - began, true)
    },
    text: record => record.text(at),
  }
}

function putNumberKey(key: ByteSink, value: number): void {
  key.reserve(8)
  key.view.setFloat64(key.length, value, true)
  key.length += 8
}

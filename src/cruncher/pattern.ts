import {
  destinationOf,
  isFieldName,
  type FieldName,
  TO_LEVEL,
  TO_TIME,
} from './fields/field-name.ts'
import { assign } from './fields/assign.ts'
import type { LogFormat, Sample, Sureness } from './format.ts'
import { levelOfText } from './level.ts'
import type { Line } from './line.ts'
import { parseTime } from './time/parse-time.ts'
import { JSON_VALUE, type LogRecord, PLAIN, SERVICE } from './record.ts'

/** Where a group of a pattern matched, in `line.bytes`. */
export interface Place {
  readonly from: number
  readonly to: number
}

/** The groups of a line that matched, for what a format does besides. */
export interface Groups {
  /** None: the group did not take part, or is empty. */
  place(name: string): Place | undefined
  text(name: string): string | undefined
}

/**
 * A format that is a regular expression. It must begin with `^`, must not repeat what repeats, and all
 * its groups that capture have names: a line is matched once, and one that is not of the format must
 * fail within its first characters. `.` matches all characters, line feeds too.
 */
export interface PatternSpec {
  readonly name: string
  readonly title: string
  readonly sureness: Sureness
  readonly starts?: string
  readonly multiline?: boolean
  readonly envelope?: boolean
  readonly goesOn?: (line: Line, lines: readonly Buffer[]) => boolean
  /** One or several, tried in turn. A group is the field (or way to fields) of its name, else an attribute. */
  readonly pattern: RegExp | readonly RegExp[]
  /** What groups mean whose names are no fields. */
  readonly fields?: Readonly<Record<string, FieldName>>
  /** Words for levels that nobody else has. */
  readonly levels?: Readonly<Record<string, string>>
  /** Attributes that are written as numbers, separated by spaces. */
  readonly numbers?: string
  /** What is written where there is nothing; `-` unless it is said. */
  readonly absent?: string
  /** Fields that each line of it has. */
  readonly service?: string
  /** Looks closer or adds more; false: it is not of this format after all. */
  readonly after?: (record: LogRecord, line: Line, groups: Groups) => boolean | void
  readonly samples: readonly Sample[]
}

/** Of a time whose shape is not among those that are read as they stand. */
export function setTime(record: LogRecord, text: string): boolean {
  return parseTime(Buffer.from(text), 0, Buffer.byteLength(text), record)
}

interface Group {
  readonly name: string
  readonly to: number
  readonly scale: number
  readonly isNumber: boolean
}

export function patternFormat(spec: PatternSpec): LogFormat {
  const { name, title, sureness, samples, starts, multiline, envelope, goesOn } = spec
  const patterns = [spec.pattern].flat().map(pattern => compile(pattern, spec))
  return {
    name,
    title,
    sureness,
    samples,
    ...(starts === undefined ? {} : { starts }),
    ...(multiline === undefined ? {} : { multiline }),
    ...(envelope === undefined ? {} : { envelope }),
    ...(goesOn === undefined ? {} : { goesOn }),
    claim: (line, record) => patterns.some(pattern => pattern(line, record)),
  }
}

type Claim = (line: Line, record: LogRecord) => boolean

/** The `d` flag gives places instead of copies. */
function compile(pattern: RegExp, spec: PatternSpec): Claim {
  const expression = new RegExp(pattern.source, 'ds')
  const numbers = new Set(spec.numbers?.split(' '))
  const groups = [...pattern.source.matchAll(/\(\?<(\w+)>/g)].map(([, name = '']): Group => {
    const field = isFieldName(name) ? name : (spec.fields?.[name] ?? 'attribute')
    return { name, ...destinationOf(field), isNumber: numbers.has(name) }
  })
  const levels = new Map(
    Object.entries(spec.levels ?? {}).map(([word, level]) => [word, levelOfText(level)]),
  )
  const absent = spec.absent ?? '-'
  return (line, record) => {
    if (line.to - line.from > MAX_BYTES) return false
    const match = expression.exec(line.text)
    if (match === null) return false
    const places = placesOf(match, line)
    for (const [index, group] of groups.entries()) {
      const text = match[index + 1]
      if (text === undefined || text === '' || text === absent) continue
      const from = places[2 * index] ?? 0
      const to = places[2 * index + 1] ?? 0
      if (group.to === TO_LEVEL) record.level = levels.get(text) ?? 0
      if (group.to === TO_LEVEL && record.level !== 0) continue
      if (assign(record, group.to, group.scale, line.bytes, from, to, PLAIN)) continue
      if (group.to === TO_TIME) return false
      const isNumber = group.isNumber && JSON_NUMBER.test(text)
      record.addSlice(group.name, from, to, isNumber ? JSON_VALUE : PLAIN)
    }
    if (spec.service !== undefined) record.setText(SERVICE, spec.service)
    return spec.after?.(record, line, groupsOf(groups, match, places)) ?? true
  }
}

/** Longer lines are no line of a pattern: what takes a microsecond for each byte must have an end. */
const MAX_BYTES = 262_144

const JSON_NUMBER = /^-?(0|[1-9]\d{0,14})(\.\d{1,15})?$/

/** Pairs of places in bytes, for each group; the match has them in UTF-16. */
function placesOf(match: RegExpExecArray, line: Line): readonly number[] {
  const { text, from, to } = line
  const isAscii = text.length === to - from
  const places: number[] = []
  const { indices } = match
  if (indices === undefined) return places
  for (let group = 1; group < indices.length; group++) {
    for (const at of indices[group] ?? [0, 0]) {
      places.push(from + (isAscii ? at : Buffer.byteLength(text.slice(0, at))))
    }
  }
  return places
}

function groupsOf(
  groups: readonly Group[],
  match: RegExpExecArray,
  places: readonly number[],
): Groups {
  const text = (name: string): string | undefined => {
    const index = groups.findIndex(group => group.name === name)
    const found = index < 0 ? undefined : match[index + 1]
    return found === '' ? undefined : found
  }
  return {
    text,
    place: name => {
      if (text(name) === undefined) return undefined
      const index = groups.findIndex(group => group.name === name)
      return { from: places[2 * index] ?? 0, to: places[2 * index + 1] ?? 0 }
    },
  }
}

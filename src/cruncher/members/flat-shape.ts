import { assignUrl } from '../fields/assign.ts'
import { TO_ATTRIBUTE, TO_NOTHING, TO_STATUS, TO_TIME, TO_URL } from '../fields/field-name.ts'
import type { Sureness } from '../format.ts'
import { numberOf } from '../number.ts'
import { ABSENT, ESCAPED, type LogRecord, PLAIN, STATUS } from '../record.ts'
import type { Scanner } from '../scan/scanner.ts'
import { parseTime } from '../time/parse-time.ts'
import type { Condition } from './condition.ts'
import type { MemberFormat } from './member-format.ts'
import { ESCAPED_TEXT, LIST, NUMBER, TEXT } from './members.ts'
import { attributeKind, isScalar, putValue } from './put-value.ts'

/**
 * What to do with the members that a Scanner found, those of objects within others among them: what the
 * readings of a shape and of the shapes within say, in one list, in which what nobody wants is left out.
 */
export interface FlatShape {
  /** As those of the shape: candidates in order; whether a line is of one may hang on its values. */
  readonly readings: readonly FlatReading[]
}

export interface FlatReading {
  readonly format: MemberFormat
  /** What every line asks of its format: formats are objects of many shapes, which V8 looks up slowly. */
  readonly sureness: Sureness
  readonly levelIfNone: number
  /** Any text may be a field, as there is none that means nothing. */
  readonly takesAllTexts: boolean
  /** By places among the scanner's members. */
  readonly conditions: readonly Condition[]
  /** With members that only Members can deal with, whatever their values. */
  readonly isOpaque: boolean
  /** Members that must be texts, numbers or booleans, not empty: others stand in for them where they are not. */
  readonly contested: readonly number[]
  /** Members that must not be lists: these are looked into. */
  readonly unlisted: readonly number[]
  readonly steps: Steps
  /** Without what can only become an attribute, for records that keep none. */
  readonly fieldSteps: Steps
}

/** Values that are wanted: where they are, and where they go. */
export interface Steps {
  readonly members: Int32Array
  readonly to: Uint8Array
  readonly scale: Float64Array
  /** Of attributes within objects: what they are called; of others nothing, as their names stand in the line. */
  readonly paths: readonly (string | undefined)[]
}

/** Whether the values of the line are such that the list says all there is to do. */
export function isPlain(
  reading: FlatReading,
  { kind, valueFrom, valueTo, bytes }: Scanner,
): boolean {
  const { contested, unlisted } = reading
  if (reading.isOpaque) return false
  for (let i = 0; i < unlisted.length; i++) if (kind[unlisted[i] ?? 0] === LIST) return false
  for (let i = 0; i < contested.length; i++) {
    const member = contested[i] ?? 0
    const from = valueFrom[member] ?? 0
    if (from === valueTo[member] || !isScalar(kind[member] ?? 0, bytes[from])) return false
  }
  return true
}

/** Puts the members that were scanned where they go. */
export function applyFlat(reading: FlatReading, scanner: Scanner, record: LogRecord): void {
  const { format, takesAllTexts } = reading
  const { bytes, valueFrom, valueTo, kind: kinds } = scanner
  const { members, to, scale, paths } = record.keepsAttributes ? reading.steps : reading.fieldSteps
  for (let step = 0; step < members.length; step++) {
    const member = members[step] ?? 0
    const destination = to[step] ?? TO_NOTHING
    const from = valueFrom[member] ?? 0
    const end = valueTo[member] ?? 0
    const kind = kinds[member] ?? 0
    if (destination < TO_ATTRIBUTE) {
      const isText = kind === TEXT || kind === ESCAPED_TEXT
      const isField = isText && destination < TO_TIME && takesAllTexts
      if (isField && record.kind[destination] === ABSENT) {
        record.setSlice(destination, from, end, kind === ESCAPED_TEXT ? ESCAPED : PLAIN)
        continue
      }
      // Those that every line has are put without an object and the questions of rarer ones.
      const isPlainValue = (kind === TEXT || kind === NUMBER) && takesAllTexts && !record.isFilling
      if (isPlainValue && isSimple(destination)) {
        if (putSimple(record, destination, bytes, from, end)) continue
      } else {
        const value = { bytes, from, to: end, kind }
        if (putValue(record, format, destination, scale[step] ?? 1, value)) continue
      }
    }
    if (!record.keepsAttributes) continue
    const path = paths[step]
    if (path !== undefined) record.addSlice(path, from, end, attributeKind(kind))
    else {
      const nameFrom = scanner.nameFrom[member] ?? 0
      const nameTo = scanner.nameTo[member] ?? 0
      record.addNamedSlice(nameFrom, nameTo, PLAIN, from, end, attributeKind(kind))
    }
  }
  if (record.level === 0) record.level = reading.levelIfNone
}

const isSimple = (to: number): boolean => to === TO_TIME || to === TO_STATUS || to === TO_URL

/** As `putValue` does, of a text without escapes or a number. */
function putSimple(
  record: LogRecord,
  to: number,
  bytes: Buffer,
  from: number,
  end: number,
): boolean {
  if (to === TO_URL) {
    assignUrl(record, bytes, from, end, PLAIN)
    return true
  }
  if (to === TO_TIME) return Number.isNaN(record.timeUs) && parseTime(bytes, from, end, record)
  const status = numberOf(bytes, from, end)
  if (Number.isNaN(status) || !Number.isNaN(record.numbers[STATUS])) return false
  record.numbers[STATUS] = status
  return true
}

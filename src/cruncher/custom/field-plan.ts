import { assign } from '../fields/assign.ts'
import { destinationOf, type FieldName, isFieldName, TO_ATTRIBUTE } from '../fields/field-name.ts'
import { TO_LEVEL, TO_NOTHING, TO_TIME } from '../fields/field-name.ts'
import { KNOWN_NAMES } from '../fields/known-names.ts'
import { JSON_VALUE, type LogRecord, PLAIN } from '../record.ts'
import type { ValueType } from './grok.ts'

export interface FieldPlanOptions {
  /** Names of captures or columns, in order. */
  readonly names: readonly string[]
  readonly fields: Readonly<Record<string, FieldName>>
  readonly types: Readonly<Record<string, ValueType>>
  /** Words of this format for levels, by number. */
  readonly levels: ReadonlyMap<string, number>
}

interface Step {
  readonly name: string
  readonly to: number
  readonly scale: number
  readonly type: ValueType | undefined
}

/** Where what stands between places of a line goes, in a record. */
export class FieldPlan {
  readonly #steps: readonly Step[]
  readonly #levels: ReadonlyMap<string, number>

  constructor({ names, fields, types, levels }: FieldPlanOptions) {
    const destinations = destinationsOf(names, fields)
    this.#levels = levels
    this.#steps = names.map((name, at) => {
      const { to, scale } = destinationOf(destinations[at] ?? 'attribute')
      return { name, to, scale, type: Object.hasOwn(types, name) ? types[name] : undefined }
    })
  }

  /** False for a time that is none: then the line is of another format. Anything else that does not fit is an attribute. */
  put(record: LogRecord, at: number, bytes: Buffer, place: Place): boolean {
    const step = this.#steps[at]
    const { from, to } = place
    if (step === undefined || step.to === TO_NOTHING) return true
    if (step.to === TO_LEVEL && this.#levels.size > 0) {
      const level = this.#levels.get(bytes.toString('utf8', from, to))
      if (level !== undefined) {
        record.level = level
        return true
      }
    }
    if (step.to !== TO_ATTRIBUTE) {
      if (assign(record, step.to, step.scale, bytes, from, to, PLAIN)) return true
      if (step.to === TO_TIME) return from === to || isDash(bytes, from, to)
    }
    addAttribute(record, step, bytes, place)
    return true
  }
}

/** Of a value, in the bytes that are given with it. */
export interface Place {
  from: number
  to: number
}

/** Of two names of one field, the one that was mapped, or the better known one, is the field; the other is an attribute. */
function destinationsOf(
  names: readonly string[],
  fields: Readonly<Record<string, FieldName>>,
): FieldName[] {
  const ranked = names.map((name): { field: FieldName; rank: number } => {
    const mapped = Object.hasOwn(fields, name) ? fields[name] : undefined
    if (mapped !== undefined) return { field: mapped, rank: -2 }
    if (isFieldName(name)) return { field: name, rank: -1 }
    return KNOWN_NAMES.get(name) ?? { field: 'attribute', rank: 0 }
  })
  return ranked.map(({ field, rank }, at) => {
    const isBeaten = ranked.some(
      (other, place) => other.field === field && other.rank < rank && names[place] !== names[at],
    )
    return isBeaten ? 'attribute' : field
  })
}

const isDash = (bytes: Buffer, from: number, to: number): boolean =>
  to - from === 1 && bytes[from] === 0x2d

const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/

function addAttribute(
  record: LogRecord,
  { name, type }: Step,
  bytes: Buffer,
  { from, to }: Place,
): void {
  if (from === to) return
  if (type === undefined || type === 'text') {
    record.addSlice(name, from, to, PLAIN)
    return
  }
  const text = bytes.toString('latin1', from, to)
  const number = Number(text)
  if (text.trim() === '' || !Number.isFinite(number)) record.addSlice(name, from, to, PLAIN)
  else if (type === 'int' && !Number.isInteger(number)) record.addValue(name, Math.trunc(number))
  else if (JSON_NUMBER.test(text)) record.addSlice(name, from, to, JSON_VALUE)
  else record.addValue(name, number)
}

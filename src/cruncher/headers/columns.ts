import { assign } from '../fields/assign.ts'
import { ATTRIBUTE, type Destination, destinationOf, type FieldName } from '../fields/field-name.ts'
import { TO_TIME } from '../fields/field-name.ts'
import { JSON_VALUE, type LogRecord, PLAIN } from '../record.ts'
import { parseTime } from '../time/parse-time.ts'

/** How a text is written where spaces would end it. */
export type Escaping = 'plus' | 'percent' | 'none'

export interface NamedColumn extends Destination {
  readonly name: string
  readonly isNumber: boolean
  readonly escaping: Escaping
}

/** A column by its name in the header; `field`: what it means, if it is not an attribute. */
export function namedColumn(
  name: string,
  field: FieldName | undefined,
  isNumber = false,
  escaping: Escaping = 'none',
): NamedColumn {
  const to = field === undefined ? ATTRIBUTE : destinationOf(field)
  return { name, ...to, isNumber, escaping }
}

const JSON_NUMBER = /^-?(0|[1-9]\d{0,14})(\.\d{1,15})?$/

/** Puts a column's text where it belongs. False: it should be a time, and is none. */
export function assignColumn(
  record: LogRecord,
  column: NamedColumn,
  bytes: Buffer,
  { from, to }: { readonly from: number; readonly to: number },
): boolean {
  const text = column.escaping === 'none' ? undefined : unescaped(bytes, from, to, column.escaping)
  if (text !== undefined) {
    if (column.to < TO_TIME) record.setText(column.to, text)
    else record.addText(column.name, text)
    return true
  }
  if (assign(record, column.to, column.scale, bytes, from, to, PLAIN)) return true
  if (column.to === TO_TIME) return false
  const isNumber = column.isNumber && JSON_NUMBER.test(bytes.toString('latin1', from, to))
  record.addSlice(column.name, from, to, isNumber ? JSON_VALUE : PLAIN)
  return true
}

/** Nothing: the text is as it stands. */
function unescaped(
  bytes: Buffer,
  from: number,
  to: number,
  escaping: Escaping,
): string | undefined {
  const text = bytes.toString('utf8', from, to)
  if (escaping === 'plus') return text.includes('+') ? text.replaceAll('+', ' ') : undefined
  if (!text.includes('%')) return undefined
  try {
    return decodeURIComponent(text)
  } catch {
    // A lone per cent sign: nobody encoded this text.
    return undefined
  }
}

/** Of a date and a time in columns of their own, in UTC. */
export function assignTimeText(record: LogRecord, text: string): boolean {
  const bytes = Buffer.from(text)
  return parseTime(bytes, 0, bytes.length, record)
}

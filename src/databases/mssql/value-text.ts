import type { Field } from '../../formats/csv.ts'
import { doubleText, singleText } from '../../formats/float-text.ts'
import { typeName, type WireColumn } from './result-columns.ts'

/** How the values of a column become text (formats/column-type.ts). */
export function fieldReader(column: WireColumn): (value: unknown) => Field {
  const name = typeName(column)
  if (name === 'real') return value => (typeof value === 'number' ? single(value) : null)
  if (name === 'float') return value => (typeof value === 'number' ? doubleText(value) : null)
  return fieldOf
}

const single = (value: number): string => singleText(Math.fround(value))

function fieldOf(value: unknown): Field {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return String(value)
  if (typeof value === 'boolean') return value ? 't' : 'f'
  if (Buffer.isBuffer(value)) return `\\x${value.toString('hex')}`
  return null
}

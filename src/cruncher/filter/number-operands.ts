import { levelOfText } from '../level.ts'
import { LEVELS, LogRecord } from '../record.ts'
import { parseTime } from '../time/parse-time.ts'
import type { Filter, Operand } from './filter.ts'
import type { Comparison, Literal, Name } from './parse-filter.ts'
import { refusal } from './tokens.ts'

/** NaN: it is not there. */
type GetNumber = (record: LogRecord) => number

export function numberOperand(name: Name, get: GetNumber): Operand {
  return operandOfNumbers(name, get, ({ value, column }) => {
    if (typeof value === 'number') return value
    throw refusal(column, `\`${name.text}\` is a number, \`${value}\` is not`)
  })
}

/** Levels are in order, so that `level >= warn` means warn, error and fatal. */
export function levelOperand(name: Name): Operand {
  const get: GetNumber = ({ level }) => (level === 0 ? Number.NaN : level)
  return operandOfNumbers(name, get, ({ value, column }) => {
    const level = typeof value === 'string' ? levelOfText(value) : 0
    if (level > 0) return level
    throw refusal(column, `\`${value}\` is no level; levels are ${LEVELS.slice(1).join(', ')}`)
  })
}

/** Compared with times as texts, `'2024-11-03T10:00:00Z'` or `'2024-11-03'`; in UTC, if they have no zone. */
export function timeOperand(name: Name): Operand {
  return operandOfNumbers(
    name,
    ({ timeUs }) => timeUs,
    ({ value, column }) => {
      const text = typeof value === 'string' ? value : ''
      const bytes = Buffer.from(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text)
      const read = new LogRecord()
      if (parseTime(bytes, 0, bytes.length, read)) return read.timeUs
      throw refusal(column, `\`${value}\` is no time such as '2024-11-03T10:00:00Z'`)
    },
  )
}

function operandOfNumbers(
  { text }: Name,
  get: GetNumber,
  valueOf: (literal: Literal) => number,
): Operand {
  return {
    compare(operator, literal) {
      if (literal.value !== null) return compareNumbers(get, operator, valueOf(literal))
      if (operator === '==') return record => Number.isNaN(get(record))
      if (operator === '!=') return record => !Number.isNaN(get(record))
      throw refusal(literal.column, 'null is neither less nor more than anything')
    },
    test(operator, { column }) {
      throw refusal(column, `\`${operator}\` asks for a text, and \`${text}\` is none`)
    },
    oneOf(literals) {
      const takesNull = literals.some(({ value }) => value === null)
      const values = new Set(literals.filter(({ value }) => value !== null).map(valueOf))
      return record => {
        const number = get(record)
        return Number.isNaN(number) ? takesNull : values.has(number)
      }
    },
  }
}

function compareNumbers(get: GetNumber, operator: Comparison, value: number): Filter {
  switch (operator) {
    case '==':
      return record => get(record) === value
    case '!=':
      return record => get(record) !== value
    case '<':
      return record => get(record) < value
    case '<=':
      return record => get(record) <= value
    case '>':
      return record => get(record) > value
    case '>=':
      return record => get(record) >= value
    default:
      operator satisfies never
      throw new TypeError('no such operator')
  }
}

import { numberOf } from '../number.ts'
import type { LogRecord } from '../record.ts'
import { type Filter, type Operand, opposite } from './filter.ts'
import type { Comparison, Literal, Name, TextTest } from './parse-filter.ts'
import { type Locate, TextPlace } from './text-place.ts'
import { equalsText, oneOfTexts, type TextMatcher, testText } from './text-tests.ts'
import { refusal } from './tokens.ts'

/** A text field or an attribute. With a number it is compared as a number, if it is one. */
export function placeOperand(name: Name, locate: Locate): Operand {
  const place = new TextPlace()
  const where =
    (matches: (place: TextPlace) => boolean): Filter =>
    record =>
      locate(record, place) && matches(place)
  return {
    compare(operator, literal) {
      const { value } = literal
      if (operator === '!=') return opposite(this.compare('==', literal))
      if (value === null) {
        if (operator === '==') return record => !locate(record, place)
        throw refusal(literal.column, 'null is neither less nor more than anything')
      }
      if (typeof value === 'number') return where(compareAsNumber(operator, value))
      if (operator === '==') return where(equalsText(textOf(name, literal)).ofPlace)
      throw refusal(literal.column, `\`${operator}\` compares numbers; \`${value}\` is none`)
    },
    test(operator, literal) {
      return where(matcherOf(name, operator, literal).ofPlace)
    },
    oneOf(literals) {
      const numbers = new Set(literals.map(({ value }) => value))
      const texts = oneOfTexts(literals.flatMap(one => textsOf(name, one)))
      const hasNumbers = literals.some(({ value }) => typeof value === 'number')
      const takesNull = numbers.has(null)
      return record => {
        if (!locate(record, place)) return takesNull
        if (texts.ofPlace(place)) return true
        return hasNumbers && numbers.has(numberOf(place.bytes, place.from, place.to))
      }
    },
  }
}

/** What is a string, or undefined, already: names of routes and formats. */
export function stringOperand(
  name: Name,
  get: (record: LogRecord, route: string | undefined) => string | undefined,
): Operand {
  const where =
    (matches: (text: string) => boolean): Filter =>
    (record, route) => {
      const text = get(record, route)
      return text !== undefined && matches(text)
    }
  return {
    compare(operator, literal) {
      if (operator === '!=') return opposite(this.compare('==', literal))
      if (operator !== '==') {
        throw refusal(literal.column, `\`${operator}\` compares numbers; \`${name.text}\` is none`)
      }
      if (literal.value === null) return (record, route) => get(record, route) === undefined
      return where(equalsText(textOf(name, literal)).ofString)
    },
    test(operator, literal) {
      return where(matcherOf(name, operator, literal).ofString)
    },
    oneOf(literals) {
      const takesNull = literals.some(({ value }) => value === null)
      const texts = oneOfTexts(literals.flatMap(one => textsOf(name, one)))
      return (record, route) => {
        const text = get(record, route)
        return text === undefined ? takesNull : texts.ofString(text)
      }
    },
  }
}

function matcherOf(name: Name, operator: TextTest, literal: Literal): TextMatcher {
  try {
    return testText(operator, textOf(name, literal))
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    const reason = error.message.replace(/^Invalid regular expression: .*: /s, '')
    throw refusal(literal.column, `no regular expression: ${reason}`)
  }
}

function textsOf(name: Name, literal: Literal): string[] {
  return literal.value === null || typeof literal.value === 'number' ? [] : [textOf(name, literal)]
}

function textOf(name: Name, { value, isWord, column }: Literal): string {
  if (isWord) throw refusal(column, `write '${value}' in quotes`)
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return String(value)
  throw refusal(column, `\`${name.text}\` is a text, \`${value}\` is not`)
}

/** False for a text that is no number. */
function compareAsNumber(operator: Comparison, value: number): (place: TextPlace) => boolean {
  const numberAt = ({ bytes, from, to }: TextPlace): number => numberOf(bytes, from, to)
  switch (operator) {
    case '==':
    case '!=':
      return place => numberAt(place) === value
    case '<':
      return place => numberAt(place) < value
    case '<=':
      return place => numberAt(place) <= value
    case '>':
      return place => numberAt(place) > value
    case '>=':
      return place => numberAt(place) >= value
    default:
      operator satisfies never
      throw new TypeError('no such operator')
  }
}

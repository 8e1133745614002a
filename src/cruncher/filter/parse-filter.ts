import { refusal, type Token, tokenize } from './tokens.ts'

export interface Literal {
  readonly value: string | number | boolean | null
  /** A word without quotes, as levels are written. */
  readonly isWord: boolean
  readonly column: number
}

/** A name in an expression: of a field, or of an attribute (`attributes.plan`). */
export interface Name {
  readonly text: string
  readonly column: number
}

export const COMPARISONS = ['==', '!=', '<', '<=', '>', '>='] as const
export const TEXT_TESTS = ['starts_with', 'ends_with', 'contains', '~'] as const
export type Comparison = (typeof COMPARISONS)[number]
export type TextTest = (typeof TEXT_TESTS)[number]

export type Expression =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Expression[] }
  | { readonly kind: 'not'; readonly inner: Expression }
  | {
      readonly kind: 'compare'
      readonly name: Name
      readonly operator: Comparison
      readonly literal: Literal
    }
  | {
      readonly kind: 'test'
      readonly name: Name
      readonly operator: TextTest
      readonly literal: Literal
    }
  | { readonly kind: 'in'; readonly name: Name; readonly literals: readonly Literal[] }

/**
 * Reads an expression: `or` binds less than `and`, `and` less than `not`; parentheses as usual.
 * @throws FerryError CONFIG_INVALID with the column
 */
export function parseFilter(expression: string): Expression {
  const parser = new FilterParser(tokenize(expression))
  const parsed = parser.either()
  parser.expectEnd()
  return parsed
}

class FilterParser {
  readonly #tokens: readonly Token[]
  #at = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  either(): Expression {
    const parts = [this.#both()]
    while (this.#takeWord('or')) parts.push(this.#both())
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : { kind: 'or', parts }
  }

  expectEnd(): void {
    const { kind, text, column } = this.#peek()
    if (kind !== 'end')
      throw refusal(column, `\`${text}\` is one too many; write \`and\` or \`or\``)
  }

  #both(): Expression {
    const parts = [this.#single()]
    while (this.#takeWord('and')) parts.push(this.#single())
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : { kind: 'and', parts }
  }

  #single(): Expression {
    if (this.#takeWord('not')) return { kind: 'not', inner: this.#single() }
    if (!this.#takeSign('(')) return this.#comparison()
    const inner = this.either()
    this.#expectSign(')')
    return inner
  }

  #comparison(): Expression {
    const name = this.#name()
    const { kind, text, column } = this.#peek()
    this.#at++
    if (kind === 'sign') {
      const operator = COMPARISONS.find(known => known === (text === '=' ? '==' : text))
      if (operator !== undefined)
        return { kind: 'compare', name, operator, literal: this.#literal() }
      if (text === '~') return { kind: 'test', name, operator: '~', literal: this.#literal() }
      if (text === '!~') {
        const inner: Expression = { kind: 'test', name, operator: '~', literal: this.#literal() }
        return { kind: 'not', inner }
      }
    }
    if (kind === 'word') {
      const test = TEXT_TESTS.find(known => known === text)
      if (test !== undefined)
        return { kind: 'test', name, operator: test, literal: this.#literal() }
      if (text === 'in') return { kind: 'in', name, literals: this.#list() }
      if (text === 'is') return this.#isNull(name)
      if (text === 'not') {
        if (!this.#takeWord('in')) throw refusal(this.#peek().column, 'expected `in` behind `not`')
        return { kind: 'not', inner: { kind: 'in', name, literals: this.#list() } }
      }
    }
    const known = [...COMPARISONS, ...TEXT_TESTS, '!~', 'in', 'not in', 'is null'].join(' ')
    throw refusal(column, `expected one of ${known} behind \`${name.text}\``)
  }

  #isNull(name: Name): Expression {
    const operator = this.#takeWord('not') ? '!=' : '=='
    const { column } = this.#peek()
    if (!this.#takeWord('null')) throw refusal(column, 'expected `null`')
    return { kind: 'compare', name, operator, literal: { value: null, isWord: false, column } }
  }

  /** `attributes.plan`, `attributes['any name']`, `status`. */
  #name(): Name {
    const { kind, text, column } = this.#peek()
    if (kind !== 'word') {
      const found = kind === 'end' ? 'nothing' : `\`${text}\``
      throw refusal(column, `expected the name of a field, found ${found}`)
    }
    this.#at++
    if (text !== 'attributes' || !this.#takeSign('[')) return { text, column }
    const inner = this.#peek()
    if (inner.kind !== 'text') throw refusal(inner.column, 'expected a name in quotes')
    this.#at++
    this.#expectSign(']')
    return { text: `attributes.${inner.text}`, column }
  }

  #list(): Literal[] {
    this.#expectSign('[')
    const literals = [this.#literal()]
    while (this.#takeSign(',')) literals.push(this.#literal())
    this.#expectSign(']')
    return literals
  }

  #literal(): Literal {
    const { kind, text, column } = this.#peek()
    this.#at++
    switch (kind) {
      case 'text':
        return { value: text, isWord: false, column }
      case 'number':
        return { value: Number(text), isWord: false, column }
      case 'word': {
        if (text === 'null') return { value: null, isWord: false, column }
        const isBoolean = text === 'true' || text === 'false'
        return { value: isBoolean ? text === 'true' : text, isWord: !isBoolean, column }
      }
      default:
        throw refusal(column, `expected a value, found ${text === '' ? 'nothing' : `\`${text}\``}`)
    }
  }

  #peek(): Token {
    return this.#tokens[this.#at] ?? { kind: 'end', text: '', column: 1 }
  }

  #takeWord(text: string): boolean {
    const { kind, text: found } = this.#peek()
    if (kind !== 'word' || found !== text) return false
    this.#at++
    return true
  }

  #takeSign(text: string): boolean {
    const { kind, text: found } = this.#peek()
    if (kind !== 'sign' || found !== text) return false
    this.#at++
    return true
  }

  #expectSign(text: string): void {
    const { text: found, column } = this.#peek()
    if (this.#takeSign(text)) return
    throw refusal(
      column,
      `expected \`${text}\`, found ${found === '' ? 'the end' : `\`${found}\``}`,
    )
  }
}

import type { Value } from './dialect.ts'

/** What becomes of an engine's text in JavaScript. */
export type ValueKind = 'boolean' | 'integer' | 'float' | 'text'

/**
 * An integer is a number where that is exact, else a bigint. Booleans and floats are read in both
 * engines' spellings (`t`, `true`, `nan`, `-inf`, `Infinity`).
 */
export function parseValue(text: string | null, kind: ValueKind): Value {
  if (text === null) return null
  switch (kind) {
    case 'text':
      return text
    case 'boolean':
      return text === 't' || text === 'true'
    case 'integer': {
      const number = Number(text)
      return Number.isSafeInteger(number) ? number : BigInt(text)
    }
    case 'float':
      return parseFloatText(text)
    default:
      return kind satisfies never
  }
}

function parseFloatText(text: string): number {
  if (/^-?inf/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity
  return Number(text) // `nan` and `NaN` are NaN
}

import { FerryError } from '../../core/errors.ts'

export type Token =
  | { readonly kind: 'word'; readonly text: string; readonly column: number }
  | { readonly kind: 'text'; readonly text: string; readonly column: number }
  | { readonly kind: 'number'; readonly text: string; readonly column: number }
  | { readonly kind: 'sign'; readonly text: string; readonly column: number }
  | { readonly kind: 'end'; readonly text: ''; readonly column: number }

const TOKEN =
  /\s*(?:([a-zA-Z_@][\w@]*(?:[.-]?[\w@]+)*)|(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)(?![\w.])|('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|(==|!=|<=|>=|!~|[<>~=()[\],]))/y

/** @throws FerryError CONFIG_INVALID with the column, counted from 1, of what cannot be read */
export function tokenize(expression: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  const end = expression.trimEnd().length
  while (at < end) {
    TOKEN.lastIndex = at
    const match = TOKEN.exec(expression)
    const start = at + (/^\s*/.exec(expression.slice(at))?.[0].length ?? 0)
    if (match === null)
      throw refusal(start + 1, `cannot read \`${expression.slice(start, start + 20)}\``)
    at = TOKEN.lastIndex
    const column = start + 1
    const [, word, number, text, sign] = match
    if (word !== undefined) tokens.push({ kind: 'word', text: word, column })
    else if (number !== undefined) tokens.push({ kind: 'number', text: number, column })
    else if (text !== undefined) tokens.push({ kind: 'text', text: unquote(text), column })
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign, column })
  }
  tokens.push({ kind: 'end', text: '', column: end + 1 })
  return tokens
}

/** What an expression is refused with. */
export function refusal(column: number, message: string): FerryError {
  return new FerryError('CONFIG_INVALID', `column ${column}: ${message}`, { details: { column } })
}

/** A backslash stands before a quote or a backslash; before anything else it is itself, as patterns need it. */
function unquote(quoted: string): string {
  return quoted.slice(1, -1).replace(/\\(['"\\])/g, '$1')
}

import { Fault } from '../fault.ts'

/** A piece of T-SQL; blanks and comments are left out. */
export interface Token {
  /** `name` is a quoted or temporary name; `value` is what the quotes hold. */
  readonly kind: 'word' | 'name' | 'string' | 'number' | 'binary' | 'variable' | 'sign'
  readonly value: string
  readonly line: number
}

const PATTERNS: readonly (readonly [Token['kind'] | 'blank', RegExp])[] = [
  ['blank', /(?:\s+|--[^\n]*|\/\*[\s\S]*?\*\/)+/y],
  ['string', /[nN]?'(?:[^']|'')*'/y],
  ['name', /\[(?:[^\]]|\]\])*\]|"(?:[^"]|"")*"|##?[\p{L}_][\p{L}\p{N}_$#@]*/uy],
  ['variable', /@@?[\p{L}_][\p{L}\p{N}_$#@]*/uy],
  ['binary', /0[xX][0-9a-fA-F]*/y],
  ['number', /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?/y],
  ['word', /[\p{L}_][\p{L}\p{N}_$#@]*/uy],
  ['sign', /<>|<=|>=|!=|::|[-+*/%=<>(),.;!&|^~?]/y],
]

/** @throws Fault 102 for what T-SQL has no such character for, 105 for a string that does not end */
export function tokens(text: string): readonly Token[] {
  const found: Token[] = []
  let at = 0
  let line = 1
  while (at < text.length) {
    const [kind, raw] = match(text, at, line)
    if (kind !== 'blank') found.push({ kind, value: unquoted(kind, raw), line })
    line += raw.split('\n').length - 1
    at += raw.length
  }
  return found
}

function match(text: string, at: number, line: number): [Token['kind'] | 'blank', string] {
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = at
    const raw = pattern.exec(text)?.[0]
    if (raw !== undefined && raw !== '') return [kind, raw]
  }
  const near = text.slice(at, at + 20)
  if (/^['"[]/.test(near))
    throw new Fault(105, `Unclosed quotation mark before '${near}'`, { line })
  throw new Fault(102, `Incorrect syntax near '${near}'.`, { severity: 15, line })
}

function unquoted(kind: Token['kind'] | 'blank', raw: string): string {
  if (kind === 'string') return raw.slice(raw.indexOf("'") + 1, -1).replaceAll("''", "'")
  if (kind !== 'name' || raw.startsWith('#')) return raw
  const close = raw.slice(-1)
  return raw.slice(1, -1).replaceAll(close + close, close)
}

export const isWord = (token: Token | undefined, ...words: readonly string[]): boolean =>
  token?.kind === 'word' && words.includes(token.value.toUpperCase())

export const isSign = (token: Token | undefined, sign: string): boolean =>
  token?.kind === 'sign' && token.value === sign

/** Where the parenthesis that opens at `from` closes. */
export function closing(list: readonly Token[], from: number): number {
  let depth = 0
  for (let at = from; at < list.length; at += 1) {
    if (isSign(list[at], '(')) depth += 1
    else if (isSign(list[at], ')')) depth -= 1
    if (depth === 0) return at
  }
  throw syntax(list.at(-1))
}

/** The first place outside of parentheses where `found` says yes, or the list's length. */
export function indexOutside(
  list: readonly Token[],
  from: number,
  found: (token: Token, at: number) => boolean,
): number {
  for (let at = from; at < list.length; at += 1) {
    const token = list[at]
    if (token === undefined) break
    if (found(token, at)) return at
    if (isSign(token, '(')) at = closing(list, at)
  }
  return list.length
}

export function split(list: readonly Token[], sign: string): readonly (readonly Token[])[] {
  const parts: (readonly Token[])[] = []
  let from = 0
  while (from <= list.length) {
    const to = indexOutside(list, from, token => isSign(token, sign))
    parts.push(list.slice(from, to))
    from = to + 1
  }
  return parts.length === 1 && parts[0]?.length === 0 ? [] : parts
}

export function syntax(near: Token | undefined): Fault {
  const text = near === undefined ? 'the end' : `'${near.value}'`
  return new Fault(102, `Incorrect syntax near ${text}, or more than this server knows.`, {
    severity: 15,
    line: near?.line ?? 1,
  })
}

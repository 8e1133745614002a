import type { SqlLexicon } from './dialect.ts'

/** One statement of a script, without its semicolon and the blanks and comments around it. */
export interface Statement {
  readonly text: string
  /** Where `text` begins in the script, in UTF-16 units. */
  readonly offset: number
  /** The line it begins on; the first is 1. */
  readonly line: number
}

/**
 * Cuts a script into its statements at semicolons outside strings, quoted identifiers, dollar
 * quotes and comments. What never ends runs to the end of the script, as the engine will say
 * better. Statements of blanks and comments alone are left out. Linear in the script's length.
 */
export function cutStatements(script: string, lexicon: SqlLexicon): readonly Statement[] {
  const statements: Statement[] = []
  let start: number | undefined
  let end = 0
  let line = 1
  let countedTo = 0
  const finish = (): void => {
    if (start === undefined) return
    for (; countedTo < start; countedTo += 1) {
      if (script.charCodeAt(countedTo) === NEWLINE) line += 1
    }
    statements.push({ text: script.slice(start, end).trimEnd(), offset: start, line })
    start = undefined
  }
  for (const token of tokens(script, lexicon, true)) {
    if (token.kind === 'semicolon') {
      finish()
    } else if (token.kind !== 'blank') {
      start ??= token.start
      end = token.end
    }
  }
  finish()
  return statements
}

/**
 * The bare words of a statement in upper case, in order: keywords and unquoted names, nothing of
 * strings and comments.
 */
export function bareWords(statement: string, lexicon: SqlLexicon): readonly string[] {
  const words: string[] = []
  for (const token of tokens(statement, lexicon)) {
    if (token.kind === 'word') words.push(statement.slice(token.start, token.end).toUpperCase())
  }
  return words
}

interface Token {
  /** `blank` covers comments too; `other` is one character or a quoted thing. */
  readonly kind: 'blank' | 'semicolon' | 'word' | 'other'
  readonly start: number
  readonly end: number
}

const NEWLINE = 10
const BLANKS = /[\s\uFEFF]+/y
const WORD = /[\p{L}_][\p{L}\p{N}_$]*/uy
/** Nothing in it begins a string, a comment or a quoted name; E'' begins with its E. */
const RUN = /(?:(?![eE]')[\p{L}_][\p{L}\p{N}_$]*|[\d\s(),.=<>+*%|&!?:~^@#]+)+/uy
/** The same where `#` begins a comment. */
const MYSQL_RUN = /(?:(?![eE]')[\p{L}_][\p{L}\p{N}_$]*|[\d\s(),.=<>+*%|&!?:~^@]+)+/uy
const NUMBER = /[0-9][\p{L}\p{N}_.$]*/uy
const DOLLAR_TAG = /\$(?:[\p{L}_][\p{L}\p{N}_]*)?\$/uy

/** With `inRuns`, whole runs of words, numbers, blanks and signs come as one token. */
function* tokens(text: string, lexicon: SqlLexicon, inRuns = false): Generator<Token> {
  const run = lexicon.mysqlComments ? MYSQL_RUN : RUN
  let at = 0
  while (at < text.length) {
    const start = at
    const character = text.charAt(at)
    let kind: Token['kind'] = 'other'
    const pair = text.slice(at, at + 2)
    if (character === ';') {
      kind = 'semicolon'
      at += 1
    } else if (isLineComment(text, at, lexicon)) {
      kind = 'blank'
      at = endOrLength(text, '\n', at)
    } else if (pair === '/*') {
      kind = isRunComment(text, at, lexicon) ? 'other' : 'blank'
      at = blockCommentEnd(text, at, lexicon.nestedComments)
    } else if (lexicon.stringQuotes.includes(character)) {
      at = quotedEnd(text, at, character, lexicon.backslashEscapes)
    } else if (/[eE]'/.test(pair)) {
      at = quotedEnd(text, at + 1, "'", true)
    } else if (lexicon.identifierQuotes[character] !== undefined) {
      at = quotedEnd(text, at, lexicon.identifierQuotes[character], false)
    } else if (character === '$' && lexicon.dollarQuotes) {
      at = dollarQuoteEnd(text, at)
    } else if ((at = matchEnd(BLANKS, text, start)) > start) {
      kind = 'blank'
    } else if (inRuns && (at = matchEnd(run, text, start)) > start) {
      kind = 'other'
    } else if ((at = matchEnd(WORD, text, start)) > start) {
      kind = 'word'
    } else if ((at = matchEnd(NUMBER, text, start)) === start) {
      at = start + 1
    }
    yield { kind, start, end: at }
  }
}

function isLineComment(text: string, at: number, { mysqlComments }: SqlLexicon): boolean {
  if (mysqlComments && text.charAt(at) === '#') return true
  return text.startsWith('--', at) && (!mysqlComments || /^\s?$/.test(text.charAt(at + 2)))
}

/** MySQL and MariaDB run what is in it, each by the version that it may name. */
function isRunComment(text: string, at: number, { mysqlComments }: SqlLexicon): boolean {
  return mysqlComments && (text.startsWith('/*!', at) || text.startsWith('/*M!', at))
}

/** Where the sticky pattern's match ends, or `start` when it does not match there. */
function matchEnd(pattern: RegExp, text: string, start: number): number {
  pattern.lastIndex = start
  return pattern.test(text) ? pattern.lastIndex : start
}

function endOrLength(text: string, what: string, from: number): number {
  const found = text.indexOf(what, from)
  return found === -1 ? text.length : found + what.length
}

/** A doubled closing quote stands for itself. */
function quotedEnd(text: string, start: number, close: string, backslashes: boolean): number {
  let at = start + 1
  while (at < text.length) {
    const character = text.charAt(at)
    if (character === '\\' && backslashes) at += 2
    else if (character !== close) at += 1
    else if (text.charAt(at + 1) === close) at += 2
    else return at + 1
  }
  return text.length
}

function blockCommentEnd(text: string, start: number, nested: boolean): number {
  if (!nested) return endOrLength(text, '*/', start + 2)
  const marks = /\/\*|\*\//g
  marks.lastIndex = start
  let depth = 0
  for (let mark = marks.exec(text); mark !== null; mark = marks.exec(text)) {
    depth += mark[0] === '/*' ? 1 : -1
    if (depth === 0) return marks.lastIndex
  }
  return text.length
}

/** `$1` is a parameter, not a quote. */
function dollarQuoteEnd(text: string, start: number): number {
  const opened = matchEnd(DOLLAR_TAG, text, start)
  if (opened === start) return start + 1
  return endOrLength(text, text.slice(start, opened), opened)
}

/** One simple command of a shell line. Quotes are taken off; what the shell expands stays as is. */
export interface ShellCommand {
  readonly words: readonly string[]
  /** Files that its standard output replaces (`>`, `>|`, `&>`), not those it appends to. */
  readonly writes: readonly string[]
  /** It reads what the command before it in a pipeline writes. */
  readonly readsPipe: boolean
}

interface Draft {
  words: string[]
  writes: string[]
  readsPipe: boolean
}

/** Longest first, so that `&&` is not read as two `&`. */
const OPERATORS = '&>> <<< <<- && || |& ;; &> >> >| >& << <& <> | & ; ( ) > <'
  .split(' ')
  .concat('\n')
const KEYWORDS = new Set('if then else elif fi do done while until ! { } time'.split(' '))

/**
 * Cuts a shell text into its simple commands, well enough to find what a recipe calls and writes;
 * command substitutions are part of the word they stand in. Never throws.
 */
export function parseShell(text: string): ShellCommand[] {
  const commands: ShellCommand[] = []
  let draft: Draft = { words: [], writes: [], readsPipe: false }
  let redirect: string | undefined
  const end = (readsPipe: boolean): void => {
    if (draft.words.length > 0 || draft.writes.length > 0) commands.push(draft)
    draft = { words: [], writes: [], readsPipe }
    redirect = undefined
  }
  for (const token of tokens(text)) {
    if (token.operator) {
      if (/[<>]/.test(token.text)) redirect = token.text
      else if (token.text !== '\n' || draft.words.length > 0 || !draft.readsPipe) {
        end(token.text === '|' || token.text === '|&')
      }
    } else if (redirect !== undefined) {
      const toOutput = ['>', '>|', '&>', '1>', '1>|'].includes(redirect)
      if (toOutput && !/^&?\d+$|^-$/.test(token.text)) draft.writes.push(token.text)
      redirect = undefined
    } else if (draft.words.length > 0 || !KEYWORDS.has(token.text)) draft.words.push(token.text)
  }
  end(false)
  return commands
}

interface Token {
  readonly text: string
  readonly operator: boolean
}

function* tokens(text: string): Generator<Token> {
  let at = 0
  while (at < text.length) {
    const character = text.charAt(at)
    if (character === '\\' && text[at + 1] === '\n') at += 2
    else if (character === ' ' || character === '\t') at += 1
    else if (character === '#') at = lineEnd(text, at)
    else {
      const digits = /^\d+(?=[<>])/.exec(text.slice(at, at + 4))?.[0] ?? ''
      const operator = OPERATORS.find(one => text.startsWith(one, at + digits.length))
      if (operator !== undefined) {
        yield { text: digits + operator, operator: true }
        at += digits.length + operator.length
      } else {
        const word = readWord(text, at)
        yield { text: word.text, operator: false }
        at = word.end
      }
    }
  }
}

function readWord(text: string, start: number): { text: string; end: number } {
  let word = ''
  let at = start
  while (at < text.length && !/[\s|&;()<>]/.test(text.charAt(at))) {
    const character = text.charAt(at)
    let end = at + 1
    if (character === '\\') {
      end = at + 2
      if (text[at + 1] !== '\n') word += text.slice(at + 1, end)
    } else if (character === "'") {
      end = closing(text, at + 1, "'")
      word += text.slice(at + 1, end - 1)
    } else if (character === '"') {
      end = endOfDoubleQuotes(text, at + 1)
      word += text.slice(at + 1, end - 1).replace(/\\(["\\$`])/g, '$1')
    } else if (character === '`') {
      end = closing(text, at + 1, '`')
      word += text.slice(at, end)
    } else if (character === '$' && /[({]/.test(text[at + 1] ?? '')) {
      end = endOfNesting(text, at + 1)
      word += text.slice(at, end)
    } else word += character
    at = end
  }
  return { text: word, end: Math.max(at, start + 1) }
}

const lineEnd = (text: string, at: number): number => {
  const end = text.indexOf('\n', at)
  return end === -1 ? text.length : end
}

const closing = (text: string, from: number, mark: string): number => {
  const end = text.indexOf(mark, from)
  return end === -1 ? text.length : end + 1
}

function endOfDoubleQuotes(text: string, from: number): number {
  let at = from
  while (at < text.length && text[at] !== '"') {
    if (text[at] === '\\') at += 2
    else if (text[at] === '$' && text[at + 1] === '(') at = endOfNesting(text, at + 1)
    else at += 1
  }
  return Math.min(at + 1, text.length)
}

/** `from` is at the opening bracket; quotes inside are skipped over. */
function endOfNesting(text: string, from: number): number {
  let depth = 0
  for (let at = from; at < text.length; ) {
    const character = text.charAt(at)
    if (character === "'") at = closing(text, at + 1, "'")
    else if (character === '"') at = endOfDoubleQuotes(text, at + 1)
    else if (character === '\\') at += 2
    else {
      if (character === '(' || character === '{') depth += 1
      if (character === ')' || character === '}') depth -= 1
      at += 1
      if (depth === 0) return at
    }
  }
  return text.length
}

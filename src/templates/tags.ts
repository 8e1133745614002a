import { FerryError } from '../core/errors.ts'

/** A piece of a template. `line` counts from 1 and is where the piece's own text begins. */
export interface TemplatePart {
  readonly kind: 'text' | 'code' | 'value'
  /** Plain text, or the JavaScript between the tag's ends. */
  readonly text: string
  readonly line: number
}

const OPENING = /<%(%|-?[=#]?)/g
const CLOSING = /%%>|(-?)%>/g

/**
 * Cuts a template into text and tags, as ERB does with trim mode `-`: `<%-` takes the indentation
 * before it away, `-%>` the line end after it, `<%#` is a comment, `<%%` stands for `<%` and, inside
 * a tag, `%%>` for `%>`. A tag ends at the first `%>`, in a string or not, so that an apostrophe in
 * a comment never swallows the rest of a file. @throws FerryError TEMPLATE_INVALID
 */
export function parseTags(file: string, text: string): TemplatePart[] {
  const parts: TemplatePart[] = []
  const lineAt = createLineCounter(text)
  let done = 0
  const pushText = (piece: string, from: number): void => {
    if (piece !== '') parts.push({ kind: 'text', text: piece, line: lineAt(from) })
  }
  OPENING.lastIndex = 0
  for (let open = OPENING.exec(text); open !== null; open = OPENING.exec(text)) {
    const mark = open[1] ?? ''
    const before = text.slice(done, open.index)
    if (mark === '%') {
      pushText(`${before}<%`, done)
      done = OPENING.lastIndex
      continue
    }
    const atLineStart = done === 0 || text[done - 1] === '\n'
    pushText(mark.startsWith('-') ? withoutIndentation(before, atLineStart) : before, done)
    const start = open.index + open[0].length
    const close = findClosing(text, start)
    if (close === undefined) throw unclosed(file, lineAt(open.index), open[0])
    const code = text.slice(start, close.index).replaceAll('%%>', '%>')
    if (!mark.endsWith('#')) {
      const kind = mark.endsWith('=') ? 'value' : 'code'
      parts.push({ kind, text: code, line: lineAt(start) })
    }
    done = close.end
    OPENING.lastIndex = done
  }
  pushText(text.slice(done), done)
  return parts
}

/** Only spaces and tabs that reach from the line's start to the tag are indentation. */
function withoutIndentation(before: string, atLineStart: boolean): string {
  const pattern = atLineStart ? /(^|\n)[ \t]+$/ : /(\n)[ \t]+$/
  return before.replace(pattern, '$1')
}

function findClosing(text: string, start: number): { index: number; end: number } | undefined {
  CLOSING.lastIndex = start
  for (let close = CLOSING.exec(text); close !== null; close = CLOSING.exec(text)) {
    if (close[1] === undefined) continue // `%%>` is part of the code
    const end = CLOSING.lastIndex
    return { index: close.index, end: close[1] === '-' ? end + lineEndLength(text, end) : end }
  }
  return undefined
}

function lineEndLength(text: string, at: number): number {
  if (text[at] === '\n') return 1
  return text[at] === '\r' && text[at + 1] === '\n' ? 2 : 0
}

/** Lines of growing offsets, without counting from the start each time. */
function createLineCounter(text: string): (offset: number) => number {
  let line = 1
  let counted = 0
  return offset => {
    for (let at = text.indexOf('\n', counted); at !== -1 && at < offset; ) {
      line += 1
      counted = at + 1
      at = text.indexOf('\n', counted)
    }
    return line
  }
}

function unclosed(file: string, line: number, tag: string): FerryError {
  return new FerryError('TEMPLATE_INVALID', `${file}:${line}: \`${tag}\` is never closed`, {
    hint: 'end the tag with %>, or write <%% for the characters themselves',
    details: { file, line },
  })
}

import { Eta } from 'eta/core'
import { parseTags } from './tags.ts'

/** A piece of a template that writes something, as the running template names it by its index. */
export interface Output {
  readonly kind: 'text' | 'value'
  /** The text itself; the JavaScript of a value. */
  readonly text: string
  readonly line: number
}

/** A template as JavaScript. Nothing of it has run. */
export interface TemplateProgram {
  /** A function body that takes `it` (the scope) and `__out` (a Writer). */
  readonly code: string
  /** The statements that stand for the template's own text, without what wraps them. */
  readonly body: string
  readonly outputs: readonly Output[]
  /** The template's line of a line of `code`, from 1; undefined outside of the body. */
  lineOf(codeLine: number): number | undefined
  /** The template's line of a line of `body`, from 1. */
  lineOfBody(bodyLine: number): number
}

/** What generated code calls for each piece that it writes. */
export interface Writer {
  /** Returns the text of the output `index`, which comes at the offset `at`. */
  text(index: number, at: number): string
  /** Returns the value as it is written. */
  value(index: number, at: number, value: unknown): string
}

type EtaItem = ReturnType<Eta['parse']>[number]

/**
 * Around the body: eta's own names (`layout`, `options`, ...) must not hide a user's variables, so
 * the scope is opened inside of them, and a strict function inside of that makes an assignment to an
 * unknown name an error instead of a new global variable.
 */
const BEFORE = "with(it){(()=>{'use strict';"
const AFTER = '})()}'

/**
 * Turns a template into JavaScript. Eta writes the code; cutting into tags is ours, because ERB's
 * rules differ from eta's (comments, `<%%`, indentation, line ends kept as they are) and because
 * every piece must know its line. @throws FerryError TEMPLATE_INVALID for an unclosed tag
 */
export function compileTemplate(file: string, text: string): TemplateProgram {
  const items: EtaItem[] = []
  const outputs: Output[] = []
  const lines: number[] = []
  for (const { kind, text: piece, line } of parseTags(file, text)) {
    const item = kind === 'code' ? { t: 'e', val: piece } : writing(outputs.length, kind, piece)
    if (kind !== 'code') outputs.push({ kind, text: piece, line })
    items.push(item)
    const span = kind === 'text' ? 1 : item.val.split('\n').length
    for (let index = 0; index < span; index += 1) lines.push(line + index)
  }
  const eta = new Eta({ autoEscape: false, autoTrim: false })
  eta.parse = () => [{ t: 'e', val: BEFORE }, ...items, { t: 'e', val: AFTER }]
  const code = eta.compileToString('')
  const linesBefore = code.slice(0, code.indexOf(BEFORE)).split('\n').length
  return {
    code,
    body: eta.compileBody(items),
    outputs,
    lineOf: codeLine => lines[codeLine - linesBefore - 1],
    lineOfBody: bodyLine => lines[bodyLine - 1] ?? lines.at(-1) ?? 1,
  }
}

function writing(index: number, kind: 'text' | 'value', code: string): { t: 'r'; val: string } {
  if (kind === 'text') return { t: 'r', val: `__out.text(${index},__eta.res.length)` }
  // A comment at the end of the tag must not swallow the bracket that follows.
  const expression = code.includes('//') ? `${code}\n` : code.replace(/;\s*$/, '')
  return { t: 'r', val: `__out.value(${index},__eta.res.length,(${expression}))` }
}

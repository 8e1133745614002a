import { Script } from 'node:vm'
import { tokenizer } from 'acorn'
import { FerryError } from '../core/errors.ts'
import type { TemplateProgram } from './program.ts'

interface Finding {
  readonly line: number
  readonly message: string
}

/**
 * Where in the template the JavaScript is wrong, and how. In order of how clear the answer is: a
 * value that is wrong on its own, a bracket without its other half, then what the parser said.
 */
export function explainSyntaxError(
  file: string,
  program: TemplateProgram,
  cause: SyntaxError,
): FerryError {
  const { line, message } =
    wrongValue(program) ?? wrongBracket(program) ?? wrongStatement(program, cause)
  return new FerryError('TEMPLATE_INVALID', `${file}:${line}: ${message}`, {
    details: { file, line },
    cause,
  })
}

function wrongValue(program: TemplateProgram): Finding | undefined {
  for (const { kind, text, line } of program.outputs) {
    if (kind === 'text') continue
    if (text.trim() === '') return { line, message: 'nothing between `<%=` and `%>`' }
    if (text.includes('<%')) {
      return { line, message: '`<%=` is not closed with `%>` before the next tag' }
    }
    const error = syntaxErrorOf(`(${text.replace(/;\s*$/, '')}\n)`)
    if (error === undefined) continue
    // Line 1 of the script is the tag's own; the bracket added at the end has a line too many.
    const last = text.split('\n').length
    const inTag = Math.min(error.line, last) - 1
    return { line: line + inTag, message: inWords(error.message) }
  }
  return undefined
}

const OPENING: Readonly<Record<string, string>> = { '{': '}', '(': ')', '[': ']', '${': '}' }
const CLOSING = new Set(['}', ')', ']'])

function wrongBracket(program: TemplateProgram): Finding | undefined {
  const open: { bracket: string; line: number }[] = []
  try {
    for (const token of tokenizer(program.body, { ecmaVersion: 'latest', locations: true })) {
      const bracket = program.body.slice(token.start, token.end)
      const line = program.lineOfBody(token.loc?.start.line ?? 1)
      if (bracket in OPENING && bracket === token.type.label) open.push({ bracket, line })
      if (!CLOSING.has(bracket) || bracket !== token.type.label) continue
      const last = open.pop()
      if (last === undefined) return { line, message: `\`${bracket}\` closes nothing` }
      if (OPENING[last.bracket] !== bracket) {
        const message = `\`${bracket}\` does not close \`${last.bracket}\` of line ${last.line}`
        return { line, message }
      }
    }
  } catch (error) {
    if (error instanceof SyntaxError) return undefined // not even tokens: the parser says more
    throw error
  }
  const last = open.pop()
  return last && { line: last.line, message: `\`${last.bracket}\` is never closed` }
}

function wrongStatement(program: TemplateProgram, cause: SyntaxError): Finding {
  const error = syntaxErrorOf(`(() => {'use strict';\n${program.body}\n})`)
  if (error === undefined) return { line: 1, message: inWords(cause.message) }
  return { line: program.lineOfBody(error.line - 1), message: inWords(error.message) }
}

/** V8 names the line of a syntax error only in the first line of the stack. */
function syntaxErrorOf(code: string): { line: number; message: string } | undefined {
  try {
    // oxlint-disable-next-line no-new -- compiled to be checked, never run
    new Script(code, { filename: 'template' })
    return undefined
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    const line = /^template:(\d+)/.exec(error.stack ?? '')?.[1]
    return { line: Number(line ?? 1), message: error.message }
  }
}

function inWords(message: string): string {
  return `${message.charAt(0).toLowerCase()}${message.slice(1)}`
}

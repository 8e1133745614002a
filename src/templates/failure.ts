import { FerryError } from '../core/errors.ts'
import { nearestName } from '../core/nearest.ts'
import type { TemplateProgram } from './program.ts'

/** JavaScript that does not parse, on its way to be explained; see explain. */
export class UnexplainedSyntaxError extends Error {
  readonly file: string
  readonly program: TemplateProgram
  readonly includedFrom: string[] = []

  constructor(file: string, program: TemplateProgram, cause: SyntaxError) {
    super(cause.message, { cause })
    this.file = file
    this.program = program
  }
}

/** The template that was running when something failed. */
export interface RunningTemplate {
  readonly file: string
  readonly program: TemplateProgram
  /** The name of its script in stack traces. */
  readonly scriptName: string
  /** The line of what was written last. */
  readonly line: () => number
  /** Names that it could have meant. */
  readonly names: () => readonly string[]
}

/** Gives an error that comes out of a template its file and line. Returns what is to be thrown. */
export function placeError(error: unknown, template: RunningTemplate): unknown {
  const { file } = template
  const line = lineOf(error, template)
  if (error instanceof UnexplainedSyntaxError) {
    error.includedFrom.push(`${file}:${line}`)
    return error
  }
  if (error instanceof FerryError && error.details['line'] !== undefined) {
    return includedFrom(error, [`${file}:${line}`])
  }
  const { message, hint } = describe(error, template.names())
  const code = error instanceof FerryError && error.code !== 'USAGE' ? error.code : undefined
  return new FerryError(code ?? 'TEMPLATE_INVALID', `${file}:${line}: ${message}`, {
    hint: error instanceof FerryError ? error.hint : hint,
    details: { ...(error instanceof FerryError ? error.details : {}), file, line },
    cause: error,
  })
}

/** Finds the line of a syntax error; the parser for that is loaded only then. */
export async function explain(error: unknown): Promise<unknown> {
  if (!(error instanceof UnexplainedSyntaxError)) return error
  const { explainSyntaxError } = await import('./syntax-error.ts')
  const cause = error.cause instanceof SyntaxError ? error.cause : new SyntaxError(error.message)
  return includedFrom(explainSyntaxError(error.file, error.program, cause), error.includedFrom)
}

function includedFrom(error: FerryError, places: readonly string[]): FerryError {
  if (places.length === 0) return error
  const lines = [error.message, ...places.map(place => `included from ${place}`)]
  const { code, hint, details } = error
  return new FerryError(code, lines.join('\n'), { hint, details, cause: error.cause ?? error })
}

function lineOf(error: unknown, { scriptName, program, line }: RunningTemplate): number {
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  const place = new RegExp(`\\b${scriptName}:(\\d+)`).exec(stack)?.[1]
  return (place === undefined ? undefined : program.lineOf(Number(place))) ?? line()
}

function describe(
  error: unknown,
  names: readonly string[],
): { message: string; hint: string | undefined } {
  if (!(error instanceof Error)) return { message: `thrown: ${String(error)}`, hint: undefined }
  if (error instanceof FerryError) return { message: error.message, hint: error.hint }
  // V8 tells the name in the message only.
  const missing = /^(\S+) is not defined$/.exec(error.message)?.[1]
  if (error instanceof ReferenceError && missing !== undefined) {
    const near = nearestName(missing, names)
    const hint =
      near === undefined ? `give it: --var ${missing}=VALUE` : `did you mean \`${near}\`?`
    const isModels = missing === 'ref' || missing === 'source'
    return {
      message: `\`${missing}\` is not defined`,
      hint: isModels ? `${missing}() is for models: ferry model NAME` : hint,
    }
  }
  return { message: error.message, hint: undefined }
}

import { FerryError } from '../core/errors.ts'
import type { RenderedTemplate } from './render.ts'

/** Longer lines are cut around the place. */
const SHOWN_CHARACTERS = 120

/**
 * Says where in the template a statement failed: the place that the database named, else the
 * statement's first line; with the line as the database got it.
 */
export function placeStatementError(
  error: unknown,
  statement: { readonly offset: number },
  { sql, lineMap }: Pick<RenderedTemplate, 'sql' | 'lineMap'>,
): unknown {
  if (!(error instanceof FerryError) || !isOfStatement(error)) return error
  const { position } = error.details
  const offset = statement.offset + (typeof position === 'number' ? position : 0)
  const { file, line } = lineMap.locate(offset)
  const [first = '', ...rest] = error.message.split('\n')
  const lines = [
    `${file}:${line}: ${first}`,
    ...excerpt(sql, offset, typeof position === 'number'),
    ...rest,
  ]
  return new FerryError(error.code, lines.join('\n'), {
    hint: error.hint,
    details: { ...error.details, file, line },
    cause: error,
  })
}

/** An interruption or a full disk has nothing to do with the statement that runs just then. */
function isOfStatement({ code }: FerryError): boolean {
  return !['INTERRUPTED', 'TERMINATED', 'LOCAL_IO', 'BUG'].includes(code)
}

function excerpt(sql: string, offset: number, isExact: boolean): string[] {
  const start = sql.lastIndexOf('\n', offset - 1) + 1
  const next = sql.indexOf('\n', start)
  const line = sql.slice(start, next === -1 ? sql.length : next).trimEnd()
  const column = offset - start
  const from = Math.max(0, Math.min(column - 40, line.length - SHOWN_CHARACTERS))
  const shown = line.slice(from, from + SHOWN_CHARACTERS)
  if (!isExact) return [`| ${shown}`]
  const before = shown.slice(0, column - from).replace(/[^\t]/g, ' ')
  return [`| ${shown}`, `| ${before}^`]
}

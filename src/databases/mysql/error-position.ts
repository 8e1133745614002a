import type { ServerFailure } from './packets.ts'

const SYNTAX = 1064
/** Failures whose message begins with a name in quotes: an unknown column, function, table, variable. */
const NAMES_ONE = new Set([1054, 1146, 1305, 1128, 1193, 1109])

/**
 * Where in a statement the server found a mistake, in UTF-16 units; undefined when that cannot be told.
 * MySQL quotes the rest of the statement from there on (a syntax error), or a name: a name that stands
 * once in the statement has its place.
 */
export function positionOf(failure: ServerFailure, statement: string): number | undefined {
  if (failure.number === SYNTAX) return syntaxPosition(failure.message, statement)
  if (!NAMES_ONE.has(failure.number)) return undefined
  const [, quoted = ''] = /'([^']+)'/.exec(failure.message) ?? []
  const name = quoted.split('.').at(-1) ?? ''
  if (name === '') return undefined
  const places = [...statement.matchAll(new RegExp(boundedPattern(name), 'giu'))]
  return places.length === 1 ? places[0]?.index : undefined
}

/** The last place from which the statement goes on as the server says, in the line that it names. */
function syntaxPosition(message: string, statement: string): number | undefined {
  const [, rest = '', number = '1'] = /near '(.*)' at line (\d+)$/s.exec(message) ?? []
  if (rest === '') return undefined
  let lineStart = 0
  for (let line = 1; line < Number(number); line += 1) {
    lineStart = statement.indexOf('\n', lineStart) + 1
  }
  const found = statement.indexOf(rest, lineStart)
  return found === -1 ? undefined : found
}

function boundedPattern(name: string): string {
  const literal = name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
  return `(?<![\\p{L}\\p{N}_$])${literal}(?![\\p{L}\\p{N}_$])`
}
